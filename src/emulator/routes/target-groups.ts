import { TargetGroupStatus } from '../../contract/demand-api.js';
import { pageFields, readPage } from '../http/page.js';
import { notFound } from '../http/problem.js';
import { objectSchema, pageParameters } from '../http/schemas.js';
import { findTargetGroup, listTargetGroups, type TargetGroupRecord } from '../store/target-groups.js';
import { projectAt, targetGroupAt } from './find.js';
import type { RouteTable } from './route.js';
import { details, draft, listItem, overview } from './target-group-views.js';

export const targetGroupRoutes = {
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups': {
    query: objectSchema({
      ...pageParameters,
      search_string: { type: 'string' },
      status: { type: 'array', items: { enum: Object.values(TargetGroupStatus) } },
      country: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z]{2}$' } },
      language: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z]{3}$' } },
      human_readable_ids: { type: 'array', items: { type: 'string' } },
      // Taken and not applied: the reference does not say what it selects by.
      exclusion_status: { type: 'array', items: { type: 'string' } },
    }),
    handle: ({ path, query, url }, services) => {
      const { database } = services;
      const project = projectAt(services, path);
      const isCursor = (id: string): boolean =>
        findTargetGroup(database, path.account_id, project.id, id) !== undefined;
      const filter = {
        search: query.search_string,
        statuses: query.status,
        countries: query.country,
        languages: query.language,
        humanReadableIds: query.human_readable_ids,
      };
      const page = listTargetGroups(database, project.id, filter, readPage(query, isCursor));
      return { status: 200, body: { target_groups: page.items.map(listItem), ...pageFields(page, url) } };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}': {
    handle: ({ path, url }, services) => {
      const group = targetGroupAt(services, path);
      if (group.status === TargetGroupStatus.Draft) return { status: 200, body: draft(group) };
      return { status: 301, headers: { location: detailsUrl(url) } };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/overview': {
    handle: ({ path }, services) => ({
      status: 200,
      body: overview(launched(targetGroupAt(services, path))),
    }),
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/details': {
    handle: ({ path }, services) => ({ status: 200, body: details(launched(targetGroupAt(services, path))) }),
  },
} satisfies Partial<RouteTable>;

function launched(group: TargetGroupRecord): TargetGroupRecord {
  if (group.status === TargetGroupStatus.Draft) throw notFound('The launched target group');
  return group;
}

function detailsUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  return `${path}/details${query === undefined ? '' : `?${query}`}`;
}
