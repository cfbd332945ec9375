import { isSegment } from './resource-ref.js';

/**
 * The id of a new job, from the `Location` of its creation: an absolute URL, a path (below the base's own path, `/v1` or
 * neither, with or without `/demand`), or a bare id. The URL need not exist.
 *
 * @param location the header
 * @param parents the collection paths, relative to the base, that the job may be in
 * @param baseUrl the REST base; a `Location` of another origin is rejected
 * @returns undefined if the header is missing or names no such job
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

/** The API writes some paths below its base and some below `/v1`, wherever it is mounted. */
function withoutBasePath(path: string, basePath: string): string {
  const root = [basePath.replace(/\/+$/, ''), '/v1'].find(
    (each) => each !== '' && path.startsWith(`${each}/`),
  );
  return root === undefined ? path : path.slice(root.length);
}

/** The decoded segments of a path, without `/demand`, which the API sometimes omits. */
function segmentsOf(path: string): (string | undefined)[] {
  return path
    .replace(/^\/demand(?=\/)/, '')
    .split('/')
    .map(decoded);
}

function isSamePath(one: readonly (string | undefined)[], other: readonly (string | undefined)[]): boolean {
  return one.length === other.length && one.every((segment, index) => segment === other[index]);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
