import type { RequestContext } from '../../context.js';
import type * as rest from '../../contract/demand-api.js';
import { TargetGroupStatus } from '../../contract/demand-api.js';
import type { TargetGroupQuery } from '../../upstream/client/client.js';
import { segment, type ProjectRef } from '../../upstream/resources/resource-ref.js';
import { toConnection, type Connection } from '../connection/connection.js';
import { listArguments, pageQuery } from '../connection/page.js';
import { namingArguments } from '../errors/argument-names.js';
import {
  countryCode,
  filterFlag,
  filterText,
  filterValues,
  languageCode,
  matching,
  ofLength,
  userId,
} from '../filter.js';
import { toRestEnum } from '../rest-enum.js';
import type { TargetGroupFilter, TargetGroupsArgs } from './target-group.args.js';
import { ListedSource } from './target-group.source.js';
import { TargetGroup } from './target-group.type.js';

const restStatus = toRestEnum(TargetGroupStatus);
const humanReadableId = ofLength(7);
const customerReferenceNumber = matching(
  /^[\w -]{3,128}$/,
  'a customer reference number: 3 to 128 letters, digits, spaces, `-` and `_`, e.g. `TRACKER-0042`',
);

const argumentPaths = listArguments({
  status: ['filter', 'status'],
  search_string: ['filter', 'search'],
  country: ['filter', 'country'],
  language: ['filter', 'language'],
  human_readable_ids: ['filter', 'humanReadableIds'],
  name: ['filter', 'name'],
  target_group_customer_reference_numbers: ['filter', 'customerReferenceNumbers'],
  project_manager_id: ['filter', 'projectManagerId'],
  exclusion_status: ['filter', 'exclusionStatus'],
});

/** One page of a project's target groups; null if the project does not exist. */
export async function targetGroupConnection(
  { loaders }: RequestContext,
  { accountId, projectId }: ProjectRef,
  args: TargetGroupsArgs,
): Promise<Connection<TargetGroup> | null> {
  const page = pageQuery(args);
  const query = { ...page, ...filterQuery(args.filter ?? {}) };
  const list = await namingArguments(
    loaders.targetGroupPage.load({ accountId, projectId, query }),
    argumentPaths(page),
  );
  if (list === null) return null;
  return toConnection(list, list.target_groups, page, (item) =>
    listedTargetGroup({ accountId, projectId }, item),
  );
}

/** A target group as the list of its project shows it. */
export function listedTargetGroup(
  { accountId, projectId }: ProjectRef,
  item: rest.TargetGroupListItem,
): TargetGroup {
  return new TargetGroup({ accountId, projectId, targetGroupId: segment(item.id) }, new ListedSource(item));
}

function filterQuery(filter: TargetGroupFilter): Omit<TargetGroupQuery, 'page_size'> {
  return {
    ...filterValues('status', filter.status, 'filter.status', restStatus),
    ...filterText('search_string', filter.search, 'filter.search'),
    ...filterValues('country', filter.country, 'filter.country', countryCode),
    ...filterValues('language', filter.language, 'filter.language', languageCode),
    ...filterValues(
      'human_readable_ids',
      filter.humanReadableIds,
      'filter.humanReadableIds',
      humanReadableId,
    ),
    ...filterText('name', filter.name, 'filter.name'),
    ...filterValues(
      'target_group_customer_reference_numbers',
      filter.customerReferenceNumbers,
      'filter.customerReferenceNumbers',
      customerReferenceNumber,
    ),
    ...filterText('project_manager_id', filter.projectManagerId, 'filter.projectManagerId', userId),
    ...filterFlag('exclusion_status', filter.exclusionStatus),
  };
}
