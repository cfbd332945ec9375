import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.js';
import { settled } from '../../loaders/read-loader.js';
import type { ProjectRef } from '../../upstream/resources/resource-ref.js';
import { isMissing } from '../missing.js';
import { selectedFields } from '../selection.js';
import { Project } from './project.type.js';

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
  ref: ProjectRef,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  return await read(context, ref, selectedFields(info, 'Project'));
}

/** The project that something belongs to: REST is asked where the selection needs it. */
export async function relatedProject(
  context: RequestContext,
  { accountId, projectId }: ProjectRef,
  info: GraphQLResolveInfo,
): Promise<Project | null> {
  const ref = { accountId, projectId };
  const selected = selectedFields(info, 'Project');
  return projectSource(selected) === 'none' ? new Project(ref, {}) : await read(context, ref, selected);
}

async function read(
  { loaders }: RequestContext,
  ref: ProjectRef,
  selected: ReadonlySet<string>,
): Promise<Project | null> {
  if (projectSource(selected) !== 'overview') {
    const project = await loaders.project.load(ref);
    return project === null ? null : new Project(ref, project);
  }
  const overview = await loaders.projectOverview.load(ref);
  if (overview === null) return null;
  if (!selected.has('name') || !isMissing(overview, 'name')) return new Project(ref, overview);
  // The contract lets an overview leave out the name, and no other call for one project.
  const [details = null] = await settled([loaders.project.load(ref)]);
  return new Project(ref, overview, details);
}
