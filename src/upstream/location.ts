import type { BatchJobKind } from '../contract/demand-api.js';
import { kindOfSegment } from './batch-job-kind.js';
import { isSegment, type BatchJobPlace, type ProjectPlace } from './place.js';

const JOB_PATH = /^(?:\/demand)?\/accounts\/([^/]+)\/projects\/([^/]+)\/batch-jobs\/([^/]+)\/([^/]+)\/?$/;

/**
 * Which batch job was created, from the `Location` of its creation: an absolute URL, a path (rooted at the base's own
 * path, at `/v1` or at neither, with `/demand` or without), or a bare id. The URL itself need not answer.
 *
 * @param location the header as it came
 * @param project the project that the job was created in; a `Location` elsewhere is refused
 * @param action the kind of job that was created; a `Location` of another kind is refused
 * @param baseUrl the REST base; a `Location` of another origin is refused
 * @returns undefined where the header is missing or names no such job
 */
export function batchJobPlaceOf(
  location: string | undefined,
  project: ProjectPlace,
  action: BatchJobKind,
  baseUrl: string,
): BatchJobPlace | undefined {
  const value = location?.trim() ?? '';
  const { accountId, projectId } = project;
  if (isSegment(value)) return { accountId, projectId, action, jobId: value };

  const base = new URL(baseUrl);
  if (!/^(?:https?:)?\//i.test(value) || !URL.canParse(value, baseUrl)) return undefined;
  const url = new URL(value, base);
  if (url.origin !== base.origin) return undefined;

  const match = JOB_PATH.exec(withoutBasePath(url.pathname, base.pathname));
  if (match === null) return undefined;
  const [account, inProject, segment = '', jobId = ''] = match.slice(1).map(decoded);
  const isTheJob =
    account === accountId && inProject === projectId && kindOfSegment(segment) === action && isSegment(jobId);
  return isTheJob ? { accountId, projectId, action, jobId } : undefined;
}

/** The API roots some paths at its base and some at `/v1`, wherever it is mounted. */
function withoutBasePath(path: string, basePath: string): string {
  const root = [basePath.replace(/\/+$/, ''), '/v1'].find(
    (each) => each !== '' && path.startsWith(`${each}/`),
  );
  return root === undefined ? path : path.slice(root.length);
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
