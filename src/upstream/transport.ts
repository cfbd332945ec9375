import PQueue from 'p-queue';
import { nextTraceparent, type TraceContext } from '../telemetry/trace-context.js';
import { badResponse, UpstreamError } from './errors.js';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from './http.js';
import { problemOf } from './problem.js';

/** On whose behalf calls are made, and until when. One for each GraphQL operation. */
export interface CallScope {
  /** The `Authorization` to send; undefined where the caller gave none. */
  readonly authorization: string | undefined;
  readonly trace: TraceContext;
  /** When the operation must be over, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborted when the caller has gone away: ends reads and waiting, never a change that has been sent. */
  readonly callerGone: AbortSignal;
}

/** One logical call of the Demand API. */
export interface Call {
  readonly method: HttpRequest['method'];
  /** Relative to the REST base, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface TransportOptions {
  readonly baseUrl: string;
  /** Sent as `Cint-API-Version`. */
  readonly apiVersion: string;
  /** One attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** The most requests in flight. */
  readonly concurrency: number;
  readonly http: HttpClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Makes calls: headers, concurrency, deadlines, and failures as {@link UpstreamError}. One for each process. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #queue: PQueue;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.concurrency });
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /**
   * @returns an answer with a status of 2xx
   * @throws {UpstreamError} for everything else. `answerLost` says that the request may have been carried out.
   */
  async call(call: Call, scope: CallScope): Promise<HttpResponse> {
    if (scope.authorization === undefined) {
      throw new UpstreamError('UNAUTHENTICATED', 'The request has no `Authorization` header.');
    }
    const response = await this.#inTurn(call, scope, (signal) =>
      this.#options.http.send(this.#request(call, scope, signal)),
    );
    if (response.status >= 200 && response.status < 300) return response;
    throw problemOf(response, this.#options.now());
  }

  /** Waits for a place among the requests in flight, no longer than the deadline allows. */
  async #inTurn(
    call: Call,
    scope: CallScope,
    send: (signal: AbortSignal) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    if (this.#queue.pending < this.#options.concurrency && this.#queue.size === 0) {
      return await this.#queue.add(() => this.#attempt(call, scope, send));
    }
    const waiting = AbortSignal.any([
      scope.callerGone,
      AbortSignal.timeout(Math.max(0, scope.deadline - performance.now())),
    ]);
    return await this.#queue
      .add(() => this.#attempt(call, scope, send), { signal: waiting })
      .catch((error: unknown) => {
        throw error instanceof UpstreamError ? error : timedOut(false, error);
      });
  }

  async #attempt(
    call: Call,
    scope: CallScope,
    send: (signal: AbortSignal) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const remaining = scope.deadline - performance.now();
    if (remaining <= 0 || scope.callerGone.aborted) throw timedOut(false);
    const abort = new AbortController();
    const stop = () => {
      abort.abort();
    };
    const timer = setTimeout(stop, Math.min(this.#options.timeoutMs, remaining));
    if (call.method === 'GET') scope.callerGone.addEventListener('abort', stop);
    try {
      return await send(abort.signal);
    } catch (error) {
      throw failureOf(error);
    } finally {
      clearTimeout(timer);
      scope.callerGone.removeEventListener('abort', stop);
    }
  }

  #request({ method, path, headers, json }: Call, scope: CallScope, signal: AbortSignal): HttpRequest {
    const { baseUrl, apiVersion } = this.#options;
    const { traceState } = scope.trace;
    return {
      method,
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        'user-agent': 'fieldgate',
        'cint-api-version': apiVersion,
        authorization: scope.authorization ?? '',
        traceparent: nextTraceparent(scope.trace),
        ...(traceState === undefined ? {} : { tracestate: traceState }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
      signal,
    };
  }
}

/** What a failed exchange means. Anything that is no {@link HttpFailure} is a defect, and stays what it is. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  switch (error.kind) {
    case 'not-connected':
      return new UpstreamError('UNAVAILABLE', 'The Demand API cannot be reached.', { cause: error });
    case 'broken':
      return new UpstreamError('UNAVAILABLE', 'The connection to the Demand API broke.', {
        answerLost: true,
        cause: error,
      });
    case 'aborted':
      return timedOut(true, error);
    case 'too-large':
      return badResponse('The Demand API gave an answer that is too large.', { cause: error });
  }
}

function timedOut(answerLost: boolean, cause?: unknown): UpstreamError {
  return new UpstreamError('TIMEOUT', 'The Demand API did not answer in time.', { answerLost, cause });
}
