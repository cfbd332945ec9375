/** A collection and the id of a member. The path of a job also has its kind. */
const MEMBER =
  /\/(accounts|projects|target-groups|fielding-runs|(?:batch-jobs|fielding-run-jobs)\/[^/]+)\/[^/]+/g;

const MEMBERS: Readonly<Record<string, string>> = {
  accounts: '/accounts/{account_id}',
  projects: '/projects/{project_id}',
  'target-groups': '/target-groups/{target_group_id}',
  'fielding-runs': '/fielding-runs/{fielding_run_id}',
};

/**
 * Replaces the ids in a path by names, as in the API's documentation, and drops the query. The number of templates is
 * bounded by the API, not by the ids that clients send.
 *
 * @param path relative to the REST base, e.g. `/demand/accounts/7/projects?limit=5`
 * @returns e.g. `/demand/accounts/{account_id}/projects`
 */
export function pathTemplate(path: string): string {
  const query = path.indexOf('?');
  return (query === -1 ? path : path.slice(0, query)).replace(
    MEMBER,
    (_member, collection: string) => MEMBERS[collection] ?? `/${collection}/{job_id}`,
  );
}
