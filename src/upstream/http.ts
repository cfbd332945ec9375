/** One HTTP request as the upstream layer sends it, whatever client carries it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Aborting it ends the exchange and frees the socket. */
  readonly signal: AbortSignal;
}

/**
 * An answer whose headers have come. A body that broke off does not take the status away: a change that was answered
 * with 2xx has happened, whatever its body.
 */
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: { readonly text: string } | { readonly failure: HttpFailure };
}

/**
 * Why there is no answer, or no whole body:
 *
 * - `not-connected`: the request never went out (refused, no such host, TLS failure)
 * - `broken`: the connection broke after the request may have gone out
 * - `timed-out`: it took longer than an attempt may
 * - `aborted`: the request's signal was aborted for any other reason
 * - `too-large`: the body passed the limit
 */
export type HttpFailureKind = 'not-connected' | 'broken' | 'timed-out' | 'aborted' | 'too-large';

export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';

  constructor(
    readonly kind: HttpFailureKind,
    cause: unknown,
  ) {
    super(`HTTP exchange failed: ${kind}`, { cause });
  }
}

/** @throws {HttpFailure} where no headers came */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

/** An HTTP client with its connections. */
export interface HttpClient {
  readonly send: HttpSend;
  /** Ends idle connections; those in use end with their exchange. */
  close(): void;
}
