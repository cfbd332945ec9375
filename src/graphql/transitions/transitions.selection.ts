import type { Principal } from '../../auth/principal.js';
import { TargetGroupStatus, type TargetGroupTransitionsRequest } from '../../contract/demand-api.js';
import { BadUserInputError } from '../../errors.js';
import type { ProjectRef } from '../../upstream/resources/resource-ref.js';
import { countryCode, filterText, filterValues, languageCode } from '../filter.js';
import { projectNodeId, requireRef } from '../node/node-id.js';
import { toRestEnum } from '../rest-enum.js';
import type { TargetGroupSelection } from './transitions.input.js';

const MAX_IDS = 1000;

const restStatus = toRestEnum(TargetGroupStatus);

/** The selection by name of the property of the REST request. */
export const SELECTION_FIELDS = {
  search_string: ['selection', 'search'],
  status: ['selection', 'status'],
  country: ['selection', 'country'],
  language: ['selection', 'language'],
  included_target_group_ids: ['selection', 'includedTargetGroupIds'],
  excluded_target_group_ids: ['selection', 'excludedTargetGroupIds'],
};

/**
 * Converts a selection to the REST request.
 *
 * @throws {ForbiddenError} if an id is in an account that the principal has no access to
 * @throws {BadUserInputError} if an id or a filter is invalid; the message names the argument
 */
export function selectionRequest(
  principal: Principal,
  project: ProjectRef,
  selection: TargetGroupSelection,
): TargetGroupTransitionsRequest {
  const { includedTargetGroupIds: included, excludedTargetGroupIds: excluded } = selection;
  if (included?.length === 0) {
    // The REST API would take an empty list as all target groups of the project.
    throw new BadUserInputError('Argument `selection.includedTargetGroupIds` must contain at least one id.');
  }
  const filters = {
    ...filterValues('status', selection.status, 'selection.status', restStatus),
    ...filterValues('country', selection.country, 'selection.country', countryCode),
    ...filterValues('language', selection.language, 'selection.language', languageCode),
  };
  const toRaw = (id: string, path: string) => rawId(principal, project, id, path);
  return {
    ...filterText('search_string', selection.search, 'selection.search'),
    ...(Object.keys(filters).length > 0 && { filters }),
    ...rawIds('included_target_group_ids', included, toRaw, 'selection.includedTargetGroupIds'),
    ...rawIds('excluded_target_group_ids', excluded, toRaw, 'selection.excludedTargetGroupIds'),
  };
}

/** The distinct ids; nothing if there are none. */
function rawIds<K extends string>(
  name: K,
  ids: readonly string[] | null | undefined,
  toRaw: (id: string, path: string) => string,
  path: string,
): Partial<Record<K, string[]>> {
  if (ids === undefined || ids === null || ids.length === 0) return {};
  if (ids.length > MAX_IDS) {
    throw new BadUserInputError(`Argument \`${path}\` must have at most ${MAX_IDS} ids.`);
  }
  const raw = new Set(ids.map((id, index) => toRaw(id, `${path}.${index}`)));
  return { [name]: [...raw] } as Record<K, string[]>;
}

function rawId(principal: Principal, project: ProjectRef, id: string, path: string): string {
  const { accountId, projectId, targetGroupId } = requireRef(principal, 'TargetGroup', id, path);
  if (accountId === project.accountId && projectId === project.projectId) return targetGroupId;
  throw new BadUserInputError(
    `Argument \`${path}\` must belong to the project in \`projectId\`: \`${projectNodeId(project)}\`.`,
  );
}
