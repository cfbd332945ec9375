import { retryAfterOf } from './retry-after.js';
import type { HttpResponse } from './http.js';
import { textOf } from './body.js';
import {
  UpstreamError,
  type InvalidParam,
  type UpstreamErrorCode,
  type UpstreamErrorDetails,
} from './errors.js';

const MAX_DETAIL_LENGTH = 500;
/** As many as a job has target groups at most. */
const MAX_INVALID_PARAMS = 1000;

/** What a 429 means, in words for a client. */
export const RATE_LIMITED = 'The Demand API received too many requests with these credentials.';

/** What an answer that is not a success means. `now` is in milliseconds since the epoch. */
export function problemOf(response: HttpResponse, now: number): UpstreamError {
  const { status } = response;
  const problem = bodyObject(response);
  const details: UpstreamErrorDetails = {
    status,
    errorId: identifier(problem['id']),
    detail: fitToShow(problem['detail'] ?? problem['details']),
    invalidParams: invalidParams(problem),
  };
  const [code, message] = meaningOf(status);
  const answerLost = !REFUSALS.has(status);
  if (code !== 'RATE_LIMITED' && code !== 'UNAVAILABLE') {
    return new UpstreamError(code, message, { ...details, answerLost });
  }
  const retryAfterSeconds = retryAfterOf(response, now);
  return new UpstreamError(code, message, { ...details, retryAfterSeconds, answerLost });
}

/** The statuses that the contract documents for a request that changed nothing. Any other leaves that open. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 412, 422, 429]);

/** Request Timeout and Too Early (RFC 9110, 15.5.9; RFC 8470, 5.2): the same request may succeed at the next attempt. */
const PASSING: ReadonlySet<number> = new Set([408, 425]);

function meaningOf(status: number): readonly [UpstreamErrorCode, string] {
  switch (status) {
    case 400:
      return ['INVALID_REQUEST', 'The Demand API finds the request not valid.'];
    case 401:
      return ['UNAUTHENTICATED', 'The Demand API does not accept the credentials.'];
    case 403:
      return ['FORBIDDEN', 'The credentials do not allow this.'];
    case 404:
      return ['NOT_FOUND', 'There is no such resource.'];
    case 412:
      return ['PRECONDITION_FAILED', 'The resource has changed since the version that was given.'];
    case 422:
      return ['INVALID_STATE', 'The state of the resource does not allow this.'];
    case 429:
      return ['RATE_LIMITED', RATE_LIMITED];
    default:
      return status >= 500 || PASSING.has(status)
        ? ['UNAVAILABLE', 'The Demand API is not available at the moment.']
        : ['BAD_RESPONSE', 'The Demand API gave an answer that is not documented.'];
  }
}

/** The error body; proxies in between answer with bodies that are not JSON, and those say nothing. */
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
 * What is documented as `invalid_params: [{name, reason}]`. Earlier versions and proxies write the same in other ways, as
 * RFC 9457 and its like do, so a list is taken wherever it stands in the body.
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

/** A UUID as a rule. Whatever does not look like an id could be anything, and is not passed on. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : undefined;
}

/** Without an unbounded repetition, so that a long text takes no more than its length. */
const NOT_FOR_USERS = [
  /[a-z]:\/\/|\bwww\.|javascript:/i,
  /bearer\s|\bbasic\s[\w+/]{8}|eyJ[\w-]|authorization["']?\s?[:=]|(?:secret|password|token|api[-_ ]?key)["']?\s?[:=]/i,
  // A tag, a comment or a stack's frame, and not `Min > Max`.
  /<[a-z!/?]/i,
];

/** Words that hold an address, a credential or markup are for the API's operators, not for its users. What is too long is cut. */
function fitToShow(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return NOT_FOR_USERS.some((pattern) => pattern.test(value)) ? undefined : value.slice(0, MAX_DETAIL_LENGTH);
}
