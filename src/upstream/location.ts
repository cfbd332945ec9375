import { isSegment, type BatchJobPlace, type ProjectPlace } from './place.js';

const JOB_PATH = /^\/demand\/accounts\/([^/]+)\/projects\/([^/]+)\/batch-jobs\/([a-z-]{1,64})\/([^/]+)\/?$/;

/**
 * Where a batch job is, from the `Location` of its creation: an absolute URL, a path rooted at `/demand` or at the
 * base's own path, or a bare id (which stands under the path that created it).
 *
 * @param location the header as it came
 * @param project the project that the job was created in; a `Location` elsewhere is refused
 * @param operation the path segment that the job was created at, e.g. `pause-fielding-runs-by-target-group-id`
 * @param baseUrl the REST base; a `Location` of another origin is refused
 * @returns undefined where the header is missing or leads nowhere that may be called
 */
export function batchJobPlaceOf(
  location: string | undefined,
  project: ProjectPlace,
  operation: string,
  baseUrl: string,
): BatchJobPlace | undefined {
  const value = location?.trim() ?? '';
  const { accountId, projectId } = project;
  if (isSegment(value)) return { accountId, projectId, segment: operation, jobId: value };

  const base = new URL(baseUrl);
  if (!/^(?:https?:)?\//i.test(value) || !URL.canParse(value, baseUrl)) return undefined;
  const url = new URL(value, base);
  if (url.origin !== base.origin) return undefined;

  const [, account, inProject, segment, job] =
    JOB_PATH.exec(withoutBasePath(url.pathname, base.pathname)) ?? [];
  if (account === undefined || inProject === undefined || segment === undefined || job === undefined)
    return undefined;
  const jobId = decoded(job);
  if (decoded(account) !== accountId || decoded(inProject) !== projectId) return undefined;
  return jobId !== undefined && isSegment(jobId) ? { accountId, projectId, segment, jobId } : undefined;
}

/** The API roots some paths at its base and some at `/v1`, wherever it is mounted. */
function withoutBasePath(path: string, basePath: string): string {
  const prefix = [basePath.replace(/\/+$/, ''), '/v1'].find(
    (root) => root !== '' && path.startsWith(`${root}/demand/`),
  );
  return prefix === undefined ? path : path.slice(prefix.length);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
