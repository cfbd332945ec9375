import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { TargetGroupPlace } from '../../upstream/place.js';
import { selectedFields } from '../selection.js';
import { DraftFacts, LaunchedFacts, type TargetGroupFacts } from './target-group.facts.js';
import { TargetGroup } from './target-group.type.js';

/** What the place alone answers, or a call of its own. */
const NEEDS_NOTHING = new Set(['__typename', 'id', 'targetGroupId', 'fieldingRun', 'project']);
const NEEDS_OVERVIEW = new Set(['status', 'progress', 'statistics']);
const NEEDS_DETAILS = new Set(['projectManagerId', 'projectManager', 'createdAt']);

/** The calls that answer a selection. */
export interface TargetGroupSources {
  readonly overview: boolean;
  readonly details: boolean;
}

/** Which calls answer a selection: the fewest. What both tell comes from the one that is made anyway. */
export function targetGroupSources(selected: ReadonlySet<string>): TargetGroupSources {
  const needed = [...selected].filter((field) => !NEEDS_NOTHING.has(field));
  const details = needed.some((field) => NEEDS_DETAILS.has(field));
  const overview = needed.some((field) => NEEDS_OVERVIEW.has(field)) || (needed.length > 0 && !details);
  return { overview, details };
}

/** The target group that a client named: REST is always asked whether it exists. */
export async function findTargetGroup(
  context: RequestContext,
  place: TargetGroupPlace,
  info: GraphQLResolveInfo,
): Promise<TargetGroup | null> {
  const sources = targetGroupSources(selectedFields(info, 'TargetGroup'));
  const asked = sources.overview || sources.details ? sources : { overview: true, details: false };
  return toTargetGroup(place, await read(context, place, asked));
}

/** The target group that something belongs to: REST is asked where the selection needs it. */
export async function relatedTargetGroup(
  context: RequestContext,
  { accountId, projectId, targetGroupId }: TargetGroupPlace,
  info: GraphQLResolveInfo,
): Promise<TargetGroup | null> {
  const place = { accountId, projectId, targetGroupId };
  const sources = targetGroupSources(selectedFields(info, 'TargetGroup'));
  const asked = sources.overview || sources.details;
  return toTargetGroup(place, asked ? await read(context, place, sources) : new LaunchedFacts(null, null));
}

/** Overview and details are 404 for a draft; then it is read as one. */
async function read(
  { loaders }: RequestContext,
  place: TargetGroupPlace,
  sources: TargetGroupSources,
): Promise<TargetGroupFacts | null> {
  const [overview, details] = await Promise.all([
    sources.overview ? loaders.targetGroupOverview.load(place) : null,
    sources.details ? loaders.targetGroupDetails.load(place) : null,
  ]);
  const launched = sources.overview ? overview : details;
  if (launched !== null) return new LaunchedFacts(overview, details);

  const draft = await loaders.draftTargetGroup.load(place);
  if (draft === null) return null;
  if (draft !== 'launched') return new DraftFacts(draft);

  // Launched between the two reads.
  loaders.targetGroupOverview.clear(place);
  loaders.targetGroupDetails.clear(place);
  const [overviewNow, detailsNow] = await Promise.all([
    loaders.targetGroupOverview.load(place),
    loaders.targetGroupDetails.load(place),
  ]);
  return overviewNow === null && detailsNow === null ? null : new LaunchedFacts(overviewNow, detailsNow);
}

function toTargetGroup(place: TargetGroupPlace, facts: TargetGroupFacts | null): TargetGroup | null {
  return facts === null ? null : new TargetGroup(place, facts);
}
