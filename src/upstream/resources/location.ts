import { isSegment } from './resource-ref.js';

/**
 * The id of a job that was created, from the `Location` of its creation: an absolute URL, a path (rooted at the base's own
 * path, at `/v1` or at neither, with `/demand` or without), or a bare id. The URL itself need not answer.
 *
 * @param location the header as it came
 * @param parents the paths below the base that the job may be named under; a `Location` anywhere else is refused
 * @param baseUrl the REST base; a `Location` of another origin is refused
 * @returns undefined where the header is missing or names no such job
 */
export function jobIdIn(
  location: string | undefined,
  parents: readonly string[],
  baseUrl: string,
): string | undefined {
  const value = location?.trim() ?? '';
  if (isSegment(value)) return value;

  const base = new URL(baseUrl);
  if (!/^(?:https?:)?\//i.test(value) || !URL.canParse(value, baseUrl)) return undefined;
  const url = new URL(value, base);
  if (url.origin !== base.origin) return undefined;

  const segments = segmentsOf(withoutBasePath(url.pathname, base.pathname).replace(/\/$/, ''));
  const jobId = segments.pop();
  const isThere = parents.some((parent) => isSamePath(segments, segmentsOf(parent)));
  return isThere && jobId !== undefined && isSegment(jobId) ? jobId : undefined;
}

/** The API roots some paths at its base and some at `/v1`, wherever it is mounted. */
function withoutBasePath(path: string, basePath: string): string {
  const root = [basePath.replace(/\/+$/, ''), '/v1'].find(
    (each) => each !== '' && path.startsWith(`${each}/`),
  );
  return root === undefined ? path : path.slice(root.length);
}

/** The decoded segments of a path, without `/demand`, which the API leaves out of some. */
function segmentsOf(path: string): (string | undefined)[] {
  return path
    .replace(/^\/demand(?=\/)/, '')
    .split('/')
    .map(decoded);
}

function isSamePath(one: readonly (string | undefined)[], other: readonly (string | undefined)[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
