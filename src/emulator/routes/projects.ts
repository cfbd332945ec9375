import { ProjectStatus, type Project, type ProjectListItem } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { etagOf } from '../http/etag.js';
import { pageFields, readPage } from '../http/page.js';
import { objectSchema, pageParameters, uuid } from '../http/schemas.js';
import { emptyTotals, projectStatistics, type ProjectTotals } from '../rules/project-statistics.js';
import { totalsByProject, findProject, listProjects, type ProjectRecord } from '../store/projects.js';
import { projectAt } from './find.js';
import type { RouteTable } from './route.js';

export const projectRoutes = {
  'GET /demand/accounts/{account_id}/projects': {
    query: objectSchema({
      ...pageParameters,
      project_manager_id: uuid,
      status: { enum: Object.values(ProjectStatus) },
      name: { type: 'string' },
      search_string: { type: 'string', minLength: 5, maxLength: 128 },
    }),
    handle: ({ path, query, url }, { database }) => {
      const request = readPage(query, (id) => findProject(database, path.account_id, id) !== undefined);
      const filter = {
        projectManagerId: query.project_manager_id?.toLowerCase(),
        status: query.status,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- The API still takes it.
        name: query.name,
        search: query.search_string,
      };
      const page = listProjects(database, path.account_id, filter, request);
      const totals = totalsByProject(
        database,
        page.items.map((project) => project.id),
      );
      const projects = page.items.map((project) => listItem(project, totals.get(project.id) ?? emptyTotals));
      return { status: 200, body: { projects, ...pageFields(page, url) } };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}': {
    handle: ({ path }, services) => {
      const project = projectAt(services, path);
      return { status: 200, headers: { etag: etagOf(project.version) }, body: settings(project) };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/overview': {
    invalidIsNotFound: true,
    handle: ({ path }, services) => {
      const project = projectAt(services, path);
      const totals = totalsByProject(services.database, [project.id]).get(project.id) ?? emptyTotals;
      return {
        status: 200,
        body: {
          ...settings(project),
          status: project.status,
          statistics: projectStatistics(totals),
          created_at: timestamp(project.createdAt),
        },
      };
    },
  },
} satisfies Partial<RouteTable>;

function identity(project: ProjectRecord): Omit<Project, 'project_manager_id'> {
  return {
    id: project.id,
    human_readable_id: project.humanReadableId,
    name: project.name,
    account_id: project.accountId,
    ...(project.customerReferenceNumber !== null && {
      project_customer_reference_number: project.customerReferenceNumber,
    }),
  };
}

function settings(project: ProjectRecord): Project {
  return { ...identity(project), project_manager_id: project.projectManagerId };
}

function listItem(project: ProjectRecord, totals: ProjectTotals): ProjectListItem {
  return {
    ...identity(project),
    status: project.status,
    target_group_count: totals.targetGroupCount,
    last_activity_at: timestamp(project.lastActivityAt),
    statistics: projectStatistics(totals),
  };
}
