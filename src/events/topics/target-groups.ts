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
      const cursors = new Set<string>();
      let cursor: string | undefined;
      do {
        if (cursor !== undefined) cursors.add(cursor);
        await beforePage();
        const page: rest.TargetGroupList | null = await newClient().listTargetGroups(ref, {
          page_size: PAGE_SIZE,
          ...(cursor !== undefined && { start_after: cursor }),
        });
        if (page === null) return false;
        const items = identified(page.target_groups);
        for (const [id, item] of items) onState(id, item);
        cursor = page.has_more ? (nextCursorOf(page) ?? items.at(-1)?.[0]) : undefined;
        // An API that leads back to an earlier page would never end.
      } while (cursor !== undefined && !cursors.has(cursor));
      return true;
    },
    revisionOf: jsonRevision,
    isNewer: (previous, revision) => previous !== revision,
    isFinal: () => false,
    mayBeNewerThan: (item, since) => changedAt(item) >= since - CLOCK_TOLERANCE_MS,
  };
}

/** The items with their ids. A malformed item throws when it is read; one without an id cannot be published. */
function identified(items: rest.TargetGroupList['target_groups']): [string, rest.TargetGroupListItem][] {
  const found: [string, rest.TargetGroupListItem][] = [];
  for (const index of items.keys()) {
    const item = readable(() => items[index]);
    const id = item && readable(() => item.id);
    if (item !== undefined && id !== undefined && id !== '') found.push([id, item]);
  }
  return found;
}

/** An empty cursor would lead back to the first page. */
function nextCursorOf(page: rest.TargetGroupList): string | undefined {
  const cursor = readable(() => page.next_cursor) ?? '';
  return cursor === '' ? undefined : cursor;
}

/** Milliseconds since the epoch; `NaN` if it is unknown. */
function changedAt(item: rest.TargetGroupListItem): number {
  return Date.parse(readable(() => item.updated_at ?? item.created_at) ?? '');
}

/** A malformed property throws when it is read; undefined then. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
