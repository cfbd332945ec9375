import type { ErrorCode } from '../../error-codes.js';
import { FieldgateError } from '../../errors.js';

export interface RequestErrorOptions {
  /** Default: `BAD_USER_INPUT`. */
  readonly code?: ErrorCode;
  /** Seconds after which the same request can succeed. Default: never. */
  readonly retryAfterSeconds?: number;
  /** Further headers of the response, e.g. `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request was rejected before execution. `message` tells the client what to change. */
export class RequestError extends FieldgateError {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param status of the HTTP response (RFC 9110, 15) */
  constructor(
    readonly status: number,
    message: string,
    { code = 'BAD_USER_INPUT', retryAfterSeconds, headers = {} }: RequestErrorOptions = {},
  ) {
    // A stack says nothing about a client's mistake, and capturing one took a fifth of the CPU time of a rejection.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
    this.headers =
      retryAfterSeconds === undefined ? headers : { ...headers, 'retry-after': String(retryAfterSeconds) };
  }
}

/** The gateway has no capacity for the request now. @param message says that nothing was done */
export function overloaded(message: string, headers?: RequestErrorOptions['headers']): RequestError {
  return new RequestError(503, message, {
    code: 'RATE_LIMITED',
    retryAfterSeconds: 1,
    ...(headers && { headers }),
  });
}

/** The client disconnected before its request was read. Its response is not sent, and it does not count as a mistake of the client. */
export class ClientGoneError extends RequestError {
  constructor() {
    super(400, 'The client has disconnected.');
  }
}
