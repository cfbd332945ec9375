/** A collection whose members have ids, and one of them; a job is found by what it does and its id. */
const MEMBER =
  /\/(accounts|projects|target-groups|fielding-runs|(?:batch-jobs|fielding-run-jobs)\/[^/]+)\/[^/]+/g;

const MEMBERS: Readonly<Record<string, string>> = {
  accounts: '/accounts/{account_id}',
  projects: '/projects/{project_id}',
  'target-groups': '/target-groups/{target_group_id}',
  'fielding-runs': '/fielding-runs/{fielding_run_id}',
};

/**
 * The path of a call without its query, and with names in place of ids, as the API's documentation writes it. There are
 * no more of them than the API has paths, whatever ids clients come up with.
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
