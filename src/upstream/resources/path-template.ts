/** The names of members, by their collection. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['accounts', '{account_id}'],
  ['projects', '{project_id}'],
  ['target-groups', '{target_group_id}'],
  ['fielding-runs', '{fielding_run_id}'],
]);
/** The kind of a job stands between these and its id. */
const JOBS: ReadonlySet<string> = new Set(['batch-jobs', 'fielding-run-jobs']);

/**
 * Replaces the ids in a path by names, as in the API's documentation, and drops the query. The number of templates is
 * bounded by the API, not by the ids that clients send.
 *
 * @param path relative to the REST base, e.g. `/demand/accounts/7/projects?limit=5`
 * @returns e.g. `/demand/accounts/{account_id}/projects`
 */
export function pathTemplate(path: string): string {
  const query = path.indexOf('?');
  const segments = (query === -1 ? path : path.slice(0, query)).split('/');
  for (let index = 0; index < segments.length - 1; index += 1) {
    const segment = segments[index] ?? '';
    const member = MEMBERS.get(segment);
    if (member !== undefined) segments[(index += 1)] = member;
    else if (JOBS.has(segment) && index + 2 < segments.length) segments[(index += 2)] = '{job_id}';
  }
  return segments.join('/');
}
