import { TargetGroupStatus, type TargetGroupTransitionsRequest } from '../../contract/demand-api.js';
import { countries, languages, objectSchema, targetGroupIds, targetGroupStatuses } from '../http/schemas.js';
import { notFound } from '../http/problem.js';
import { decide, type RunAction } from '../rules/fielding-run.js';
import type { Services } from '../services.js';
import { findRunOfTargetGroup } from '../store/fielding-runs.js';
import type { ProjectRecord } from '../store/projects.js';
import { findTargetGroup, selectTargetGroups, type TargetGroupRecord } from '../store/target-groups.js';
import { projectAt } from './find.js';
import type { RouteTable } from './route.js';

export const transitionRoutes = {
  'POST /demand/accounts/{account_id}/projects/{project_id}/compute-target-group-transitions': {
    body: objectSchema({
      search_string: { type: 'string' },
      filters: objectSchema({ status: targetGroupStatuses, country: countries, language: languages }),
      included_target_group_ids: targetGroupIds,
      excluded_target_group_ids: targetGroupIds,
    }),
    handle: ({ path, body, now }, services) => {
      const groups = select(services, projectAt(services, path), body);
      const allowed = (action: RunAction): boolean =>
        groups.length > 0 && groups.every((group) => isAllowed(services, group, action, now));
      return {
        status: 200,
        body: {
          ...(groups.length > 0 && { target_groups: groups.map(({ id }) => id) }),
          is_launch_allowed: allowed('launch_now'),
          is_pause_allowed: allowed('pause'),
          is_resume_allowed: allowed('resume'),
          is_relaunch_allowed: allowed('relaunch'),
          is_finish_allowed: allowed('complete'),
        },
      };
    },
  },
} satisfies Partial<RouteTable>;

/**
 * Selects the target groups that match the search and filters plus those included by id, minus those excluded by
 * id. If none of these is given, it selects the whole project.
 */
function select(
  { database }: Services,
  project: ProjectRecord,
  request: TargetGroupTransitionsRequest,
): readonly TargetGroupRecord[] {
  const { search_string: search, filters = {}, included_target_group_ids: included = [] } = request;
  const isFiltered = search !== undefined || Object.keys(filters).length > 0;
  const found =
    isFiltered || included.length === 0
      ? selectTargetGroups(database, project.id, {
          search,
          statuses: filters.status,
          countries: filters.country,
          languages: filters.language,
        })
      : [];
  const named = included.map((id) => {
    const group = findTargetGroup(database, project.accountId, project.id, id);
    if (group === undefined) throw notFound(`The target group ${id}`);
    return group;
  });
  const byId = new Map([...found, ...named].map((group) => [group.id, group]));
  for (const id of request.excluded_target_group_ids ?? []) byId.delete(id);
  return [...byId.values()];
}

/** A draft has no fielding run and can only be launched. */
function isAllowed(
  { database }: Services,
  group: TargetGroupRecord,
  action: RunAction,
  now: number,
): boolean {
  if (group.status === TargetGroupStatus.Draft) return action === 'launch_now';
  const run = findRunOfTargetGroup(database, group.id);
  return run !== undefined && 'change' in decide(action, run, now);
}
