/** Header fields by their names in lower case. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** Ends an exchange early: as much of an `AbortSignal` as a client needs, so that callers can pass something cheaper. */
export interface CancelSignal {
  readonly cancelled: boolean;
  /** `listener` is called at most once, and never where the signal has been cancelled before. */
  onCancel(listener: () => void): void;
  offCancel(listener: () => void): void;
}

/** One HTTP request, whatever client carries it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With its query, after the client's base. */
  readonly path: string;
  /** What many requests have in common, in one object: a client may keep what it makes of it. */
  readonly sharedHeaders: HttpHeaders;
  /** What this request has besides. */
  readonly headers: HttpHeaders;
  readonly body?: string | undefined;
  /**
   * Send it on no connection that is idle: those are closed, since they may have died meanwhile. Default: false.
   */
  readonly fresh?: boolean;
  /** Ends the exchange and frees the socket. */
  readonly cancellation: CancelSignal;
}

/**
 * An answer whose headers have come. A body that broke off does not take the status away: a change that was answered
 * with 2xx has happened, whatever its body.
 */
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** Of a body that came whole its bytes, a character for each (Latin-1). */
  readonly body: { readonly latin1: string } | { readonly failure: HttpFailure };
}

/**
 * Why there is no answer, or no whole body:
 *
 * - `not-connected`: the request never went out (refused, no such host, TLS failure)
 * - `broken`: the connection broke after the request may have gone out
 * - `timed-out`: it took longer than an attempt may
 * - `aborted`: the request was cancelled for any other reason
 * - `too-large`: the body passed the limit
 * - `undecodable`: the body came whole, and its content coding cannot be undone
 */
export type HttpFailureKind =
  'not-connected' | 'broken' | 'timed-out' | 'aborted' | 'too-large' | 'undecodable';

/** What else is known of a failed exchange. */
export interface HttpFailureDetails {
  /** The head of an answer had come. Default: false. */
  readonly answered?: boolean;
  /**
   * The connection had been used before, and broke before any byte of an answer came: as a rule it died while it was idle,
   * which says nothing of the server. Default: false.
   */
  readonly pooled?: boolean;
}

export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly answered: boolean;
  readonly pooled: boolean;

  constructor(
    readonly kind: HttpFailureKind,
    cause: unknown,
    { answered = false, pooled = false }: HttpFailureDetails = {},
  ) {
    super(`HTTP exchange failed: ${kind}`, { cause });
    this.answered = answered;
    this.pooled = pooled;
  }
}

/** @throws {HttpFailure} where no headers came */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpClientOptions {
  /** What the paths of requests are relative to, with no trailing slash. */
  readonly baseUrl: string;
  /** The most sockets. */
  readonly maxSockets: number;
  /** The most bytes of a body, before and after decompression. */
  readonly maxBodyBytes: number;
}

/** An HTTP client of one server, with its connections. */
export interface HttpClient {
  readonly send: HttpSend;
  /** Ends idle connections; those in use end with their exchange. */
  close(): void;
}
