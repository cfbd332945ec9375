/** The gateway's own codes in `extensions.code`. Apollo Server's checks of documents have others. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'COST_LIMIT_EXCEEDED',
  'DOCUMENT_NOT_ALLOWED',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_BAD_RESPONSE',
  'INTERNAL_SERVER_ERROR',
] as const;

/** One of {@link ERROR_CODES}, so that a `switch` over it can be exhaustive. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The base class of errors that the gateway throws on purpose. Any other error is a defect. */
export abstract class FieldgateError extends Error {
  override readonly name: string = this.constructor.name;
  abstract readonly code: string;
}

/** An argument was rejected before any REST call. `message` names the argument. */
export class BadUserInputError extends FieldgateError {
  readonly code = 'BAD_USER_INPUT';
}

/**
 * The caller may not do this, or not on this account. `message` names the missing permission, and does not reveal what exists.
 */
export class ForbiddenError extends FieldgateError {
  readonly code = 'FORBIDDEN';
}

/** The client has taken more than it may, or has been too slow. The same request can succeed later. */
export class RateLimitedError extends FieldgateError {
  readonly code = 'RATE_LIMITED';
}
