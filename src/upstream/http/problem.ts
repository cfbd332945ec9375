import { retryAfterOf } from './retry-after.js';
import type { HttpResponse } from './http.js';
import { textOf } from './body.js';
import { deniesApiVersion, isForOperators } from './problem-text.js';
import {
  UpstreamError,
  type InvalidParam,
  type UpstreamErrorCode,
  type UpstreamErrorDetails,
} from '../errors.js';

const MAX_DETAIL_LENGTH = 500;
/** A job has at most this many target groups. */
const MAX_INVALID_PARAMS = 1000;

export const RATE_LIMITED = 'The Demand API has received too many requests with these credentials.';

/** Converts a response without a success status into an error. `now` is in milliseconds since the epoch. */
export function problemOf(response: HttpResponse, now: number): UpstreamError {
  const { status } = response;
  const problem = bodyObject(response);
  const details: UpstreamErrorDetails = {
    status,
    kind: identifier(problem['object']),
    errorId: identifier(problem['id']),
    detail: fitToShow(problem['detail'] ?? problem['details']),
    invalidParams: invalidParams(problem),
  };
  const [code, meaning] = meaningOf(status);
  const message = status === 403 && isAboutVersion(problem) ? VERSION_NOT_ENABLED : meaning;
  const answerLost = !REJECTIONS.has(status);
  if (code !== 'RATE_LIMITED' && code !== 'UNAVAILABLE') {
    return new UpstreamError(code, message, { ...details, answerLost });
  }
  const retryAfterSeconds = retryAfterOf(response, now);
  return new UpstreamError(code, message, { ...details, retryAfterSeconds, answerLost });
}

export const VERSION_NOT_ENABLED =
  'The Demand API does not permit the version that the gateway asks for. Have the version enabled for the account, or set DEMAND_API_VERSION to one that is.';

/** Whether a rejection says that a version is not enabled, as 2025-12-18 is not for every account. */
function isAboutVersion({ object, detail, details }: Readonly<Record<string, unknown>>): boolean {
  return [object, detail ?? details].some((text) => typeof text === 'string' && deniesApiVersion(text));
}

/** The documented statuses of requests that changed nothing. After any other status, the outcome is open. */
const REJECTIONS: ReadonlySet<number> = new Set([400, 401, 403, 404, 412, 422, 429]);

/** Request Timeout and Too Early (RFC 9110, 15.5.9; RFC 8470, 5.2): a retry may succeed. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425]);

function meaningOf(status: number): readonly [UpstreamErrorCode, string] {
  switch (status) {
    case 400:
      return ['INVALID_REQUEST', 'The Demand API rejected the request as invalid.'];
    case 401:
      return ['UNAUTHENTICATED', 'The Demand API rejected the credentials.'];
    case 403:
      return ['FORBIDDEN', 'The credentials do not permit this request.'];
    case 404:
      return ['NOT_FOUND', 'The resource was not found.'];
    case 412:
      return ['PRECONDITION_FAILED', 'The resource has changed since the given version.'];
    case 422:
      return ['INVALID_STATE', 'The resource is in a state that does not allow this.'];
    case 429:
      return ['RATE_LIMITED', RATE_LIMITED];
    default:
      return status >= 500 || TRANSIENT.has(status)
        ? ['UNAVAILABLE', 'The Demand API is unavailable.']
        : ['BAD_RESPONSE', 'The Demand API returned an undocumented response.'];
  }
}

/** The error body; empty if it is not JSON, as from a proxy. */
function bodyObject({ body }: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = 'latin1' in body ? JSON.parse(textOf(body.latin1)) : undefined;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const PARAMETER_NAMES = ['name', 'parameter', 'param', 'field'];
const PARAMETER_PROBLEMS = ['reason', 'message', 'detail', 'description'];

/**
 * The contract documents `invalid_params: [{name, reason}]`. Earlier versions and proxies use other names, as RFC 9457
 * allows, so this accepts such a list at any property of the body.
 */
function invalidParams(problem: Readonly<Record<string, unknown>>): readonly InvalidParam[] {
  const entries = Object.values(problem).flatMap((value) =>
    Array.isArray(value) ? (value as unknown[]) : [value],
  );
  const found: InvalidParam[] = [];
  for (const entry of entries) {
    const name = fitToShow(textAt(entry, PARAMETER_NAMES));
    const reason = textAt(entry, PARAMETER_PROBLEMS);
    if (name !== undefined && reason !== undefined) found.push({ name, reason: fitToShow(reason) });
    if (found.length === MAX_INVALID_PARAMS) break;
  }
  return found;
}

function textAt(entry: unknown, keys: readonly string[]): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  return keys
    .map((key) => (entry as Record<string, unknown>)[key])
    .find((value) => typeof value === 'string');
}

/** Usually a UUID. A value that does not look like an id is not passed on. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : undefined;
}

/** Drops text that is meant for the API's operators, and truncates long text. */
function fitToShow(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return isForOperators(value) ? undefined : value.slice(0, MAX_DETAIL_LENGTH);
}
