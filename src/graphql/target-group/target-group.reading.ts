import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { settled } from '../../loaders/read-loader.js';
import type { TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { isMissing } from '../missing.js';
import { selectedFields } from '../selection.js';
import { DraftSource, LaunchedSource, type TargetGroupSource } from './target-group.source.js';
import { TargetGroup } from './target-group.type.js';

/** Fields that need no call, or that make their own. */
const NEEDS_NO_CALL = new Set([
  '__typename',
  'id',
  'targetGroupId',
  'fieldingRun',
  'project',
  'performance',
  'completesOverTime',
  'changelog',
]);

/** Properties that overviews before 2025-12-18 lack but details have, and the fields that need them. */
const MISSING_IN_OLDER_OVERVIEWS = [
  ['project_manager_id', ['projectManagerId', 'projectManager']],
  ['created_at', ['createdAt']],
] as const;

export function needsOverview(selected: ReadonlySet<string>): boolean {
  return [...selected].some((field) => !NEEDS_NO_CALL.has(field));
}

/** Whether a selection needs the details, because it has a field that the overview lacks. */
export function needsDetails(selected: ReadonlySet<string>, overview: rest.TargetGroupOverview): boolean {
  return MISSING_IN_OLDER_OVERVIEWS.some(
    ([property, fields]) => fields.some((field) => selected.has(field)) && isMissing(overview, property),
  );
}

/** The target group that a client has named. It is always read, to check that it exists. */
export async function findTargetGroup(
  context: RequestContext,
  ref: TargetGroupRef,
  info: GraphQLResolveInfo,
): Promise<TargetGroup | null> {
  return toTargetGroup(ref, await read(context, ref, selectedFields(info, 'TargetGroup')));
}

/** The target group that another object belongs to, read only if the selection needs it. */
export async function relatedTargetGroup(
  context: RequestContext,
  { accountId, projectId, targetGroupId }: TargetGroupRef,
  info: GraphQLResolveInfo,
): Promise<TargetGroup | null> {
  const ref = { accountId, projectId, targetGroupId };
  const selected = selectedFields(info, 'TargetGroup');
  const source = needsOverview(selected)
    ? await read(context, ref, selected)
    : new LaunchedSource(null, null);
  return toTargetGroup(ref, source);
}

/** The overview of a draft is 404; the draft is read instead. */
async function read(
  context: RequestContext,
  ref: TargetGroupRef,
  selected: ReadonlySet<string>,
): Promise<TargetGroupSource | null> {
  const { loaders } = context;
  const launched = await readLaunched(context, ref, selected);
  if (launched !== null) return launched;

  const draft = await loaders.draftTargetGroup.load(ref);
  if (draft === null) return null;
  if (draft !== 'launched') return new DraftSource(draft);

  // It was launched between the two reads, or is launched and has no overview.
  loaders.targetGroupOverview.clear(ref);
  const launchedNow = await readLaunched(context, ref, selected);
  if (launchedNow !== null) return launchedNow;
  const details = await loaders.targetGroupDetails.load(ref);
  return details === null ? null : new LaunchedSource(null, details);
}

async function readLaunched(
  { loaders }: RequestContext,
  ref: TargetGroupRef,
  selected: ReadonlySet<string>,
): Promise<LaunchedSource | null> {
  const overview = await loaders.targetGroupOverview.load(ref);
  if (overview === null) return null;
  if (!needsDetails(selected, overview)) return new LaunchedSource(overview, null);
  const [details = null] = await settled([loaders.targetGroupDetails.load(ref)]);
  return new LaunchedSource(overview, details);
}

function toTargetGroup(ref: TargetGroupRef, source: TargetGroupSource | null): TargetGroup | null {
  return source === null ? null : new TargetGroup(ref, source);
}
