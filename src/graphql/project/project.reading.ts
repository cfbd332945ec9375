import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { settled } from '../../loaders/read-loader.js';
import type { ProjectPlace } from '../../upstream/place.js';
import { isMissing } from '../missing.js';
import { selectedFields } from '../selection.js';
import { Project } from './project.type.js';

/** Fields that need no call, or that make their own. */
const NEEDS_NO_CALL = new Set(['__typename', 'id', 'projectId', 'account', 'targetGroups']);
/** Only lists include these, so they need no call. */
const ONLY_IN_LISTS = new Set(['targetGroupCount', 'lastActivityAt']);
/** `GET project` lacks these, but its overview has them. */
const NEEDS_OVERVIEW = new Set(['status', 'statistics']);

/** The single call that answers a selection. */
export function projectCall(selected: ReadonlySet<string>): 'none' | 'project' | 'overview' {
  const needed = [...selected].filter((field) => !NEEDS_NO_CALL.has(field) && !ONLY_IN_LISTS.has(field));
  if (needed.length === 0) return 'none';
  return needed.some((field) => NEEDS_OVERVIEW.has(field)) ? 'overview' : 'project';
}

/** The project that a client has named. It is always read, to check that it exists. */
export async function findProject(
  context: RequestContext,
  place: ProjectPlace,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  return await read(context, place, selectedFields(info, 'Project'));
}

/** The project that another object belongs to, read only if the selection needs it. */
export async function relatedProject(
  context: RequestContext,
  { accountId, projectId }: ProjectPlace,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  const place = { accountId, projectId };
  const selected = selectedFields(info, 'Project');
  return projectCall(selected) === 'none' ? new Project(place, {}) : await read(context, place, selected);
}

async function read(
  { loaders }: RequestContext,
  place: ProjectPlace,
  selected: ReadonlySet<string>,
): Promise<Project | null> {
  if (projectCall(selected) !== 'overview') {
    const project = await loaders.project.load(place);
    return project === null ? null : new Project(place, project);
  }
  const overview = await loaders.projectOverview.load(place);
  if (overview === null) return null;
  if (!selected.has('name') || !isMissing(overview, 'name')) return new Project(place, overview);
  // The contract makes the name optional in overviews, but not in `GET project`.
  const [details = null] = await settled([loaders.project.load(place)]);
  return new Project(place, overview, details);
}
