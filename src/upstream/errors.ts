import { FieldgateError } from '../errors.js';

/**
 * What a call of the Demand API failed with, apart from how the graph shows it:
 *
 * - `INVALID_REQUEST` 400, `UNAUTHENTICATED` 401, `FORBIDDEN` 403, `NOT_FOUND` 404, `PRECONDITION_FAILED` 412,
 *   `INVALID_STATE` 422, `RATE_LIMITED` 429
 * - `UNAVAILABLE`: a 5xx, or a connection that was refused or broke
 * - `TIMEOUT`: no whole answer in time
 * - `BAD_RESPONSE`: an answer that makes no sense
 */
export type UpstreamErrorCode =
  | 'INVALID_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'PRECONDITION_FAILED'
  | 'INVALID_STATE'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'TIMEOUT'
  | 'BAD_RESPONSE';

/** What the API finds wrong with one parameter, header or property of a request. */
export interface InvalidParam {
  /** As REST names it, in whatever notation, e.g. `start_fielding_at` or `target_group_ids[3]`. */
  readonly name: string;
  /** The API's own words; undefined where they are not fit to be shown. */
  readonly reason: string | undefined;
}

export interface UpstreamErrorDetails {
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** The `id` of the error body, by which the API's operators find the failure. */
  readonly errorId?: string | undefined;
  /** The API's own words, where they are fit to be shown. */
  readonly detail?: string | undefined;
  /** What is wrong with the request, one by one; undefined or empty where the API does not tell. */
  readonly invalidParams?: readonly InvalidParam[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The request went out, and its answer is missing or says nothing of what became of it. */
  readonly answerLost?: boolean | undefined;
  /** The failure of an earlier attempt of the same call, whose answer was lost. */
  readonly lostBefore?: UpstreamError | undefined;
  /** The refusal that came after a lost answer, and perhaps because of what the lost attempt did. */
  readonly settledBy?: UpstreamErrorCode | undefined;
  /** The request was not let out, because the upstream is down. */
  readonly notAdmitted?: boolean | undefined;
  /** The request was to change something, and nobody knows whether it did. */
  readonly outcomeUnknown?: boolean | undefined;
  /** The key of the creation that failed. A client that tries again with it creates nothing twice. */
  readonly idempotencyKey?: string | undefined;
  readonly cause?: unknown;
}

/** A failed call of the Demand API. `message` is fit for a client: no URL, no token, no body. */
export class UpstreamError extends FieldgateError {
  // A bundler may give the class another name than it has here.
  override readonly name = 'UpstreamError';
  readonly details: UpstreamErrorDetails;

  constructor(
    readonly code: UpstreamErrorCode,
    message: string,
    { cause, ...details }: UpstreamErrorDetails = {},
  ) {
    super(message, { cause });
    this.details = details;
  }

  with(details: UpstreamErrorDetails): UpstreamError {
    return new UpstreamError(this.code, this.message, { ...this.details, cause: this.cause, ...details });
  }

  /** The same failure, as that of a read after a change that was made: a sentence before its message says so. */
  afterChange(sentence: string): UpstreamError {
    const details = { ...this.details, cause: this.cause };
    return new UpstreamError(this.code, `${sentence} ${this.message}`, details);
  }
}

/** An answer that cannot be used. */
export function badResponse(message: string, details: UpstreamErrorDetails = {}): UpstreamError {
  return new UpstreamError('BAD_RESPONSE', message, details);
}
