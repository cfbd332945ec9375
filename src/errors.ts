/** Every `extensions.code` that a client of the graph can meet, so that a `switch` over it is exhaustive. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_BAD_RESPONSE'
  | 'INTERNAL_SERVER_ERROR';

/** The base of all errors that the gateway itself raises; anything else that is thrown is a defect. */
export abstract class FieldgateError extends Error {
  override readonly name: string = this.constructor.name;
  abstract readonly code: string;
}

/** An argument that fails a check before any REST call is made. `message` names the argument. */
export class BadUserInputError extends FieldgateError {
  readonly code = 'BAD_USER_INPUT';
}
