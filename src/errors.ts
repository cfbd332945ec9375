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
