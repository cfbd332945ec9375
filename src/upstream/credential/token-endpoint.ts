import * as oauth from 'oauth4webapi';
import type { ProxyConfig } from '../../config.js';
import { newTrace, traceparentOf } from '../../telemetry/trace-context.js';
import type { Span, Tracer } from '../../telemetry/tracer.js';
import { bytesOf } from '../http/body.js';
import { Cancellation } from '../../cancellation.js';
import { endClientSpan, serverAttributes } from '../http/client-span.js';
import { HttpFailure, type HttpClient, type HttpHeaders, type HttpResponse } from '../http/http.js';
import { createNodeFetchClient } from '../http/node-fetch-client.js';
import { retryAfterOf } from '../http/retry-after.js';
import { TokenRequestError, type AccessToken } from './access-tokens.js';

export interface TokenEndpointOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** A secret. */
  readonly clientSecret: string;
  /** Further parameters of the request, e.g. `audience`. Possibly secrets. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly proxy: ProxyConfig | undefined;
  /** Default: no tracing. */
  readonly tracer?: Tracer | undefined;
  /** The time limit of a request, up to the last byte of the response. Default: 5000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5000;
const MAX_BODY_BYTES = 64 * 1024;
/** Renewals never overlap. */
const MAX_SOCKETS = 1;
/** Used if the response has no `expires_in`, which RFC 6749 (5.1) only recommends. A 401 renews the token anyway. */
const DEFAULT_LIFETIME_S = 300;
const MAX_LIFETIME_S = 86_400;
/** A bearer token (RFC 6750, 2.1). It becomes part of a header. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;
/** The characters of an error code (RFC 6749, 5.2) that cannot be mistaken for anything else in a log. */
const ERROR_CODE = /^[a-z_]{1,60}$/;

/**
 * A token endpoint that issues access tokens for client credentials (RFC 6749, 4.4), with the client's secret in the body.
 * Requests use node-fetch, follow no redirects, and are bounded in size and time.
 */
export class TokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #server: oauth.AuthorizationServer;
  readonly #client: oauth.Client;
  readonly #http: HttpClient;
  readonly #cancellation = new Cancellation();

  constructor(options: TokenEndpointOptions) {
    const { tokenUrl, clientId, proxy } = options;
    this.#options = options;
    this.#server = { issuer: new URL(tokenUrl).origin, token_endpoint: tokenUrl };
    this.#client = { client_id: clientId };
    this.#http = createNodeFetchClient(
      { baseUrl: tokenUrl, maxSockets: MAX_SOCKETS, maxBodyBytes: MAX_BODY_BYTES },
      { proxy },
    );
  }

  /** @throws {TokenRequestError} */
  async request(): Promise<AccessToken> {
    const obtainedAt = performance.now();
    let response: Response | undefined;
    try {
      response = await oauth.clientCredentialsGrantRequest(
        this.#server,
        this.#client,
        oauth.ClientSecretPost(this.#options.clientSecret),
        new URLSearchParams(this.#options.params.map(([name, value]) => [name, value])),
        // Deprecated only to stand out. HTTP is for endpoints on the same machine or a private network.
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: this.#fetch },
      );
      const granted = await oauth.processClientCredentialsResponse(this.#server, this.#client, response);
      return accessToken(granted, obtainedAt);
    } catch (error) {
      throw tokenRequestError(error, response);
    }
  }

  /** Ends a request in flight. */
  close(): void {
    this.#cancellation.cancel();
    this.#http.close();
  }

  readonly #fetch = async (
    _url: string,
    { headers, body }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const span = this.#startSpan();
    let status: number | string = 'failed';
    const cancellation = new Cancellation();
    const cancel = () => {
      cancellation.cancel();
    };
    const timer = setTimeout(cancel, this.#options.timeoutMs ?? TIMEOUT_MS);
    this.#cancellation.onCancel(cancel);
    if (this.#cancellation.cancelled) cancel();
    try {
      const response = await this.#http.send({
        method: 'POST',
        path: '',
        sharedHeaders: headers,
        headers: span === undefined ? {} : { traceparent: traceparentOf(span.trace, span.trace.spanId) },
        body: body.toString(),
        // Requests are so rare that an idle connection has probably been closed.
        fresh: true,
        cancellation,
      });
      if ('failure' in response.body) throw response.body.failure;
      ({ status } = response);
      return new Response(new Uint8Array(bytesOf(response.body.latin1)), {
        status: response.status,
        headers: passedOn(response),
      });
    } catch (error) {
      if (error instanceof HttpFailure) status = error.kind;
      throw error;
    } finally {
      clearTimeout(timer);
      this.#cancellation.offCancel(cancel);
      if (span !== undefined) endClientSpan(span, status);
    }
  };

  /** A token is for all callers, so that its request is part of no operation. The query of the URL may be secret. */
  #startSpan(): Span | undefined {
    const { tracer, tokenUrl } = this.#options;
    if (tracer === undefined) return undefined;
    const { pathname } = new URL(tokenUrl);
    return tracer.start('client', `POST ${pathname}`, newTrace(), {
      'http.request.method': 'POST',
      'url.template': pathname,
      ...serverAttributes(tokenUrl),
    });
  }
}

function passedOn(response: Pick<HttpResponse, 'header'>): HttpHeaders {
  const names = ['content-type', 'retry-after', 'date'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = response.header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws {TokenRequestError} if the token cannot be used */
function accessToken(granted: oauth.TokenEndpointResponse, obtainedAt: number): AccessToken {
  const { access_token: token, expires_in: seconds = DEFAULT_LIFETIME_S } = granted;
  if (!BEARER_TOKEN.test(token)) throw new TokenRequestError('the access token is malformed', true);
  const lifetimeMs = Math.min(seconds, MAX_LIFETIME_S) * 1000;
  if (!(lifetimeMs > 0)) throw new TokenRequestError('the access token has expired already', true);
  return { authorization: `Bearer ${token}`, obtainedAt, expiresAt: obtainedAt + lifetimeMs };
}

/** Drops the causes: errors of the library hold the response, whose body may contain a token. */
function tokenRequestError(error: unknown, response: Response | undefined): TokenRequestError {
  if (error instanceof TokenRequestError) return error;
  if (error instanceof HttpFailure) {
    return new TokenRequestError(error.kind === 'aborted' ? 'timed-out' : error.kind, false);
  }
  if (response === undefined) return new TokenRequestError('the request failed', false);
  const { status, headers } = response;
  const isRejection = status < 500 && status !== 429 && status !== 408;
  const retryAfterSeconds = retryAfterOf({ header: (name) => headers.get(name) ?? undefined }, Date.now());
  const code = error instanceof oauth.ResponseBodyError ? error.error : undefined;
  const shown = code !== undefined && ERROR_CODE.test(code) ? `: ${code}` : '';
  const reason = status === 200 ? 'the response is not a token response' : `status ${status}${shown}`;
  return new TokenRequestError(reason, isRejection, retryAfterSeconds);
}
