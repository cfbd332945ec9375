/** Header values by name in lower case. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** The part of `AbortSignal` that a client needs, so that callers can pass something cheaper. */
export interface CancelSignal {
  readonly cancelled: boolean;
  /** Calls `listener` at most once, and never if the signal is cancelled already. */
  onCancel(listener: () => void): void;
  offCancel(listener: () => void): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query, relative to the client's base URL. */
  readonly path: string;
  /** Headers that many requests share. Clients cache their serialized form by this object's identity. */
  readonly sharedHeaders: HttpHeaders;
  /** Headers of this request alone. */
  readonly headers: HttpHeaders;
  readonly body?: string | undefined;
  /**
   * Closes idle connections, which may be dead, and sends the request on a new one. Default: false.
   */
  readonly fresh?: boolean;
  /** Ends the request and destroys its socket. */
  readonly cancellation: CancelSignal;
}

/**
 * A response whose headers have arrived. It has a status even if its body failed: a change that was answered with 2xx has
 * happened, whatever its body.
 */
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  /** The bytes of a complete body as Latin-1, or the reason why there is none. */
  readonly body: { readonly latin1: string } | { readonly failure: HttpFailure };
}

/**
 * Why there is no response, or no complete body:
 *
 * - `not-connected`: the request was never sent (connection refused, unknown host, TLS failure)
 * - `broken`: the connection broke after the request may have been sent
 * - `timed-out`: the request took too long
 * - `aborted`: the request was cancelled for another reason
 * - `too-large`: the body exceeds the limit
 * - `undecodable`: the body is complete, but its content coding cannot be undone
 */
export type HttpFailureKind =
  'not-connected' | 'broken' | 'timed-out' | 'aborted' | 'too-large' | 'undecodable';

interface HttpFailureDetails {
  /** The head of a response had arrived. Default: false. */
  readonly answered?: boolean;
  /**
   * The connection had been used before and broke before any byte of a response arrived. It probably died while idle,
   * which says nothing about the server's health. Default: false.
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
    super(`HTTP request failed: ${kind}`, { cause });
    this.answered = answered;
    this.pooled = pooled;
  }
}

/** @throws {HttpFailure} if no headers arrived */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpClientOptions {
  /** Without trailing slash. */
  readonly baseUrl: string;
  /** Further requests wait for a connection. */
  readonly maxSockets: number;
  /** Limits a body, before and after decompression. */
  readonly maxBodyBytes: number;
}

/** An HTTP client of one server. */
export interface HttpClient {
  readonly send: HttpSend;
  /** Closes idle connections at once, and the others after their current request. */
  close(): void;
}
