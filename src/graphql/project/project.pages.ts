import type { RequestContext } from '../../context.js';
import { ProjectStatus } from '../../contract/demand-api.js';
import type { ProjectQuery } from '../../upstream/client/client.js';
import { segment, type AccountRef } from '../../upstream/resources/resource-ref.js';
import { toConnection, type Connection } from '../connection/connection.js';
import { listArguments, pageQuery } from '../connection/page.js';
import { namingArguments } from '../errors/argument-names.js';
import { filterText, ofLength, userId } from '../filter.js';
import { toRestEnum } from '../rest-enum.js';
import type { ProjectFilter, ProjectsArgs } from './project.args.js';
import { Project } from './project.type.js';

const restStatus = toRestEnum(ProjectStatus);
const searchText = ofLength(5, 128);

const argumentPaths = listArguments({
  search_string: ['filter', 'search'],
  name: ['filter', 'name'],
  project_manager_id: ['filter', 'projectManagerId'],
  status: ['filter', 'status'],
});

/** One page of an account's projects; null if the account does not exist. */
export async function projectConnection(
  { loaders }: RequestContext,
  account: AccountRef,
  args: ProjectsArgs,
): Promise<Connection<Project> | null> {
  const page = pageQuery(args);
  const query = { ...page, ...filterQuery(args.filter ?? {}) };
  const list = await namingArguments(
    loaders.projectPage.load({ accountId: account.accountId, query }),
    argumentPaths(page),
  );
  if (list === null) return null;
  return toConnection(
    list,
    list.projects,
    page,
    (item) => new Project({ accountId: account.accountId, projectId: segment(item.id) }, item),
  );
}

function filterQuery({
  search,
  name,
  status,
  projectManagerId,
}: ProjectFilter): Omit<ProjectQuery, 'page_size'> {
  return {
    ...filterText('search_string', search, 'filter.search', searchText),
    ...filterText('name', name, 'filter.name'),
    ...filterText('project_manager_id', projectManagerId, 'filter.projectManagerId', userId),
    ...(status === undefined || status === null ? {} : { status: restStatus(status, 'filter.status') }),
  };
}
