import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { ProjectPlace } from '../../upstream/place.js';
import { selectedFields } from '../selection.js';
import { Project, type ProjectFacts } from './project.type.js';

/** What the place alone answers, or a call of its own. */
const NEEDS_NOTHING = new Set(['__typename', 'id', 'projectId', 'account', 'targetGroups']);
/** Only lists tell these, so no call is made for them. */
const TOLD_BY_LISTS_ALONE = new Set(['targetGroupCount', 'lastActivityAt']);
/** `GET project` does not tell these, its overview does. */
const NEEDS_OVERVIEW = new Set(['status', 'statistics']);

/** Which one call answers a selection. */
export function projectSource(selected: ReadonlySet<string>): 'none' | 'project' | 'overview' {
  const needed = [...selected].filter(
    (field) => !NEEDS_NOTHING.has(field) && !TOLD_BY_LISTS_ALONE.has(field),
  );
  if (needed.length === 0) return 'none';
  return needed.some((field) => NEEDS_OVERVIEW.has(field)) ? 'overview' : 'project';
}

/** The project that a client named: REST is always asked whether it exists. */
export async function findProject(
  context: RequestContext,
  place: ProjectPlace,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  const source = projectSource(selectedFields(info, 'Project'));
  return toProject(place, await read(context, place, source === 'none' ? 'project' : source));
}

/** The project that something belongs to: REST is asked where the selection needs it. */
export async function relatedProject(
  context: RequestContext,
  { accountId, projectId }: ProjectPlace,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  const place = { accountId, projectId };
  const source = projectSource(selectedFields(info, 'Project'));
  return toProject(place, source === 'none' ? {} : await read(context, place, source));
}

function read({ loaders }: RequestContext, place: ProjectPlace, source: 'project' | 'overview') {
  return source === 'overview' ? loaders.projectOverview.load(place) : loaders.project.load(place);
}

function toProject(place: ProjectPlace, facts: ProjectFacts | null): Project | null {
  return facts === null ? null : new Project(place, facts);
}
