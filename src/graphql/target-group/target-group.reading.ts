import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { settled } from '../../loaders/read-loader.js';
import type { TargetGroupRef } from '../../upstream/resources/resource-ref.js';
import { isMissing } from '../missing.js';
import { selectedFields } from '../selection.js';
import { DraftSource, LaunchedSource, type TargetGroupSource } from './target-group.source.js';
import { TargetGroup } from './target-group.type.js';

/** What the place alone answers, or a call of its own. */
const NEEDS_NOTHING = new Set([
  '__typename',
  'id',
  'targetGroupId',
  'fieldingRun',
  'project',
  'performance',
  'completesOverTime',
  'changelog',
]);

/** What details tell, and an overview of before 2025-12-18 does not: the property, and the fields that need it. */
const IN_OLDER_DETAILS = [
  ['project_manager_id', ['projectManagerId', 'projectManager']],
  ['created_at', ['createdAt']],
] as const;

/** Whether a selection is answered by a call at all. */
export function needsOverview(selected: ReadonlySet<string>): boolean {
  return [...selected].some((field) => !NEEDS_NOTHING.has(field));
}

/** Whether a selection needs details, too: where it has a field that this overview does not tell. */
export function needsDetails(selected: ReadonlySet<string>, overview: rest.TargetGroupOverview): boolean {
  return IN_OLDER_DETAILS.some(
    ([property, fields]) => fields.some((field) => selected.has(field)) && isMissing(overview, property),
  );
}

/** The target group that a client named: REST is always asked whether it exists. */
export async function findTargetGroup(
  context: RequestContext,
  ref: TargetGroupRef,
  info: GraphQLResolveInfo,
): Promise<TargetGroup | null> {
  return toTargetGroup(ref, await read(context, ref, selectedFields(info, 'TargetGroup')));
}

/** The target group that something belongs to: REST is asked where the selection needs it. */
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

/** An overview is 404 for a draft; then it is read as one. */
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

  // Launched between the two reads, or a launched one without an overview.
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
