import type * as rest from '../../contract/demand-api.js';
import { projectPath, type ProjectRef } from '../../upstream/resources/resource-ref.js';
import { jsonRevision } from '../revision.js';
import type { Topic } from '../topic.js';

/** The API's maximum. */
const PAGE_SIZE = 100;
/** How far the clocks of the API and the gateway may differ, in milliseconds. */
const CLOCK_TOLERANCE_MS = 5000;

/** The target groups of a project, read from the pages of its list rather than with one call per target group. */
export function targetGroupsTopic(ref: ProjectRef): Topic<rest.TargetGroupListItem> {
  const { accountId, projectId } = ref;
  return {
    name: `${projectPath(ref)}/target-groups`,
    about: { accountId, projectId },
    startsWithState: false,
    hasWebhooks: true,
    notFound: 'There is no project with this `projectId`.',
    async read(newClient, onState, beforePage) {
      let cursor: string | undefined;
      do {
        await beforePage();
        const page: rest.TargetGroupList | null = await newClient().listTargetGroups(ref, {
          page_size: PAGE_SIZE,
          ...(cursor !== undefined && { start_after: cursor }),
        });
        if (page === null) return false;
        for (const item of page.target_groups) {
          const id = idOf(item);
          if (id !== undefined) onState(id, item);
        }
        cursor = page.has_more ? nextCursor(page, cursor) : undefined;
      } while (cursor !== undefined);
      return true;
    },
    revisionOf: jsonRevision,
    isNewer: (previous, revision) => previous !== revision,
    isFinal: () => false,
    mayBeNewerThan: (item, since) => changedAt(item) >= since - CLOCK_TOLERANCE_MS,
  };
}

/** The cursor of the next page; undefined if the API repeats itself, which would never end. */
function nextCursor({ next_cursor, target_groups }: rest.TargetGroupList, before: string | undefined) {
  const cursor = next_cursor ?? target_groups.at(-1)?.id;
  return cursor === before ? undefined : cursor;
}

/** A malformed property throws when it is read. An item without an id cannot be published. */
function idOf(item: rest.TargetGroupListItem): string | undefined {
  try {
    return item.id;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch; `NaN` if it is unknown. */
function changedAt(item: rest.TargetGroupListItem): number {
  try {
    return Date.parse(item.updated_at ?? item.created_at ?? '');
  } catch {
    return NaN;
  }
}
