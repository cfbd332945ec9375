import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { settled } from '../../loaders/read-loader.js';
import type { ProjectRef } from '../../upstream/resources/resource-ref.js';
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
  ref: ProjectRef,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  return await read(context, ref, selectedFields(info, 'Project'));
}

/** The project that another object belongs to, read only if the selection needs it. */
export async function relatedProject(
  context: RequestContext,
  { accountId, projectId }: ProjectRef,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  const ref = { accountId, projectId };
  const selected = selectedFields(info, 'Project');
  return projectCall(selected) === 'none' ? new Project(ref, {}) : await read(context, ref, selected);
}

async function read(
  { loaders }: RequestContext,
  ref: ProjectRef,
  selected: ReadonlySet<string>,
): Promise<Project | null> {
  if (projectCall(selected) !== 'overview') {
    const project = await loaders.project.load(ref);
    return project === null ? null : new Project(ref, project);
  }
  const overview = await loaders.projectOverview.load(ref);
  if (overview === null) return null;
  if (!selected.has('name') || !isMissing(overview, 'name')) return new Project(ref, overview);
  // The contract makes the name optional in overviews, but not in `GET project`.
  const [details = null] = await settled([loaders.project.load(ref)]);
  return new Project(ref, overview, details);
}
