import { FieldgateError } from '../errors.js';

/**
 * Why a call of the Demand API failed, independent of how the graph shows it:
 *
 * - `INVALID_REQUEST` 400, `UNAUTHENTICATED` 401, `FORBIDDEN` 403, `NOT_FOUND` 404, `PRECONDITION_FAILED` 412,
 *   `INVALID_STATE` 422, `RATE_LIMITED` 429
 * - `UNAVAILABLE`: a 5xx, or a connection that was refused or lost
 * - `TIMEOUT`: no complete response in time
 * - `BAD_RESPONSE`: a response that violates the contract
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

/** One parameter, header or property of a request that the API rejected. */
export interface InvalidParam {
  /** As REST names it, in any notation, e.g. `start_fielding_at` or `target_group_ids[3]`. */
  readonly name: string;
  /** The API's own text; undefined if it must not be shown. */
  readonly reason: string | undefined;
}

export interface UpstreamErrorDetails {
  /** The HTTP status, if there was a response. */
  readonly status?: number | undefined;
  /** The `object` of the error body, e.g. `invalid_state_error`. */
  readonly kind?: string | undefined;
  /** The `id` of the error body, which the API's operators can look up. */
  readonly errorId?: string | undefined;
  /** The API's own text, if it may be shown. */
  readonly detail?: string | undefined;
  /** Undefined or empty if the API does not say. */
  readonly invalidParams?: readonly InvalidParam[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The request was sent, but its response is missing or does not reveal the outcome. */
  readonly answerLost?: boolean | undefined;
  /** The error of an earlier attempt of the same call whose response was lost. */
  readonly lostBefore?: UpstreamError | undefined;
  /** The rejection that followed a lost response, perhaps because the lost attempt succeeded. */
  readonly settledBy?: UpstreamErrorCode | undefined;
  /** The request was not sent: a breaker was open, or a cooldown outlasts the deadline. */
  readonly notAdmitted?: boolean | undefined;
  /** The gateway's access token was rejected, and there is another one or one can be requested. */
  readonly hasOtherToken?: boolean | undefined;
  /** The request was a change, and whether it was made is unknown. */
  readonly outcomeUnknown?: boolean | undefined;
  /** The key of the failed creation. Retrying with it creates nothing twice. */
  readonly idempotencyKey?: string | undefined;
  readonly cause?: unknown;
}

/** A failed call of the Demand API. `message` is safe to show to clients: it has no URL, token or body. */
export class UpstreamError extends FieldgateError {
  // A bundler may rename the class.
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

  /** The same error with another text in what the API says, such as a header as the client knows it. */
  replacing(text: string, replacement: string): UpstreamError {
    const { errorId, detail, invalidParams } = this.details;
    if (text === '' || text === replacement) return this;
    const replaced = (value: string) => value.replaceAll(text, () => replacement);
    return this.with({
      errorId: errorId && replaced(errorId),
      detail: detail && replaced(detail),
      invalidParams: invalidParams?.map(({ name, reason }) => ({
        name: replaced(name),
        reason: reason && replaced(reason),
      })),
    });
  }

  /** The same error for a read that follows a successful change, with a sentence about it before the message. */
  afterChange(sentence: string): UpstreamError {
    const details = { ...this.details, cause: this.cause };
    return new UpstreamError(this.code, `${sentence} ${this.message}`, details);
  }
}

/** A response that cannot be used. */
export function badResponse(message: string, details: UpstreamErrorDetails = {}): UpstreamError {
  return new UpstreamError('BAD_RESPONSE', message, details);
}
