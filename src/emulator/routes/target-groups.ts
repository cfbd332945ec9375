import { TargetGroupStatus } from '../../contract/demand-api.js';
import { pageFields, readPage } from '../http/page.js';
import { forbidden, notFound } from '../http/problem.js';
import {
  countries,
  languages,
  objectSchema,
  pageParameters,
  targetGroupStatuses,
  uuid,
} from '../http/schemas.js';
import { findAccountName } from '../store/accounts.js';
import { findTargetGroup, findTargetGroupById, listTargetGroups } from '../store/target-groups.js';
import { launchedTargetGroupAt, projectAt, targetGroupAt } from './find.js';
import type { RouteTable } from './route.js';
import { details, draft, listItem, overview, overviewById } from './target-group-views.js';

export const targetGroupRoutes = {
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups': {
    query: objectSchema({
      ...pageParameters,
      name: { type: 'string' },
      search_string: { type: 'string' },
      status: targetGroupStatuses,
      country: countries,
      language: languages,
      human_readable_ids: { type: 'array', items: { type: 'string', minLength: 7, maxLength: 7 } },
      target_group_customer_reference_numbers: {
        type: 'array',
        items: { type: 'string', minLength: 3, maxLength: 128, pattern: '^[a-zA-Z0-9\\-_ ]*$' },
      },
      project_manager_id: uuid,
      exclusion_status: { type: 'boolean' },
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
        customerReferenceNumbers: query.target_group_customer_reference_numbers,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- The API still takes it.
        name: query.name,
        projectManagerId: query.project_manager_id,
        exclusionEnabled: query.exclusion_status,
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
      body: overview(launchedTargetGroupAt(services, path)),
    }),
  },

  'GET /demand/target-groups/{target_group_id}/overview': {
    handle: ({ path, caller }, { database }) => {
      const group = findTargetGroupById(database, path.target_group_id);
      if (group === undefined || group.status === TargetGroupStatus.Draft) {
        throw notFound('The launched target group');
      }
      if (!caller.accountIds.includes(group.accountId)) {
        throw forbidden('The token does not give access to the account of this target group.');
      }
      return { status: 200, body: overviewById(group) };
    },
  },

  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/details': {
    handle: ({ path }, services) => ({
      status: 200,
      body: details(
        launchedTargetGroupAt(services, path),
        findAccountName(services.database, path.account_id),
      ),
    }),
  },
} satisfies Partial<RouteTable>;

function detailsUrl(url: string): string {
  const [path = '', query] = url.split('?', 2);
  return `${path}/details${query === undefined ? '' : `?${query}`}`;
}
