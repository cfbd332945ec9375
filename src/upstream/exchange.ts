import { nextTraceparent } from '../telemetry/trace-context.js';
import type { Call, CallScope } from './call.js';
import { timedOut } from './failure.js';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from './http.js';

export interface ExchangeOptions {
  readonly baseUrl: string;
  /** Sent as `Cint-API-Version`. */
  readonly apiVersion: string;
  /** The longest that one exchange takes, in milliseconds. */
  readonly timeoutMs: number;
}

/** What carries reads, and what carries changes. */
export interface HttpClients {
  readonly reads: HttpClient;
  readonly changes: HttpClient;
}

/** Makes single HTTP exchanges of calls: the headers that all of them carry, and the time that each may take. */
export class Exchanges {
  readonly #options: ExchangeOptions;
  readonly #clients: HttpClients;

  constructor(options: ExchangeOptions, clients: HttpClients) {
    this.#options = options;
    this.#clients = clients;
  }

  /** One HTTP exchange. @throws {HttpFailure}, or {UpstreamError} where there is no time left to begin */
  async send(call: Call, scope: CallScope): Promise<HttpResponse> {
    const remaining = scope.deadline - performance.now();
    if (remaining <= 0 || scope.callerGone.aborted) throw timedOut(false);
    const abort = new AbortController();
    const stop = () => {
      abort.abort();
    };
    const timer = setTimeout(
      () => {
        abort.abort(LATE);
      },
      Math.min(this.#options.timeoutMs, remaining),
    );
    if (call.kind === 'read') scope.callerGone.addEventListener('abort', stop);
    try {
      const response = await this.#clients[call.kind === 'read' ? 'reads' : 'changes'].send(
        this.#request(call, scope, abort.signal),
      );
      // A change that was answered with 2xx has been made, whatever became of the body. A read needs it.
      if (call.kind === 'read' && 'failure' in response.body) throw response.body.failure;
      return response;
    } catch (error) {
      throw abort.signal.reason === LATE && error instanceof HttpFailure
        ? new HttpFailure('timed-out', error)
        : error;
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

/** Why an exchange is aborted, where it took too long. */
const LATE = Symbol('late');
