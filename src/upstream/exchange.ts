import { nextTraceparent, type TraceContext } from '../telemetry/trace-context.js';
import type { Call, CallScope } from './call.js';
import { Cancellation } from './cancellation.js';
import { timedOut } from './failure.js';
import {
  HttpFailure,
  type HttpClient,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from './http.js';

export interface ExchangeOptions {
  /** Sent as `Cint-API-Version`. */
  readonly apiVersion: string;
  /** The longest that one exchange takes, in milliseconds. */
  readonly timeoutMs: number;
}

/** What carries reads, and what carries changes and reads with a body. */
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

  /** The header fields of all calls of one operation. */
  commonFields(authorization: string | undefined, { traceState }: TraceContext): HttpHeaders {
    return {
      accept: 'application/json',
      'user-agent': 'fieldgate',
      'cint-api-version': this.#options.apiVersion,
      authorization: authorization ?? '',
      ...(traceState === undefined ? {} : { tracestate: traceState }),
    };
  }

  /**
   * One HTTP exchange.
   *
   * @param fresh see {@link HttpRequest.fresh}
   * @throws {HttpFailure}, or {UpstreamError} where there is no time left to begin
   */
  async send(call: Call, scope: CallScope, fresh: boolean): Promise<HttpResponse> {
    const remaining = scope.deadline - performance.now();
    if (remaining <= 0 || scope.callerGone.cancelled) throw timedOut(false);
    const isRead = call.kind === 'read';
    // Whole milliseconds: Node.js keeps a list of timers for each length.
    const ms = Math.min(this.#options.timeoutMs, Math.ceil(remaining));
    const end = new EndOfExchange(ms, isRead ? scope : undefined);
    try {
      // What carries reads may know GET alone; a read with a body goes with POST.
      const client = isRead && call.method === 'GET' ? this.#clients.reads : this.#clients.changes;
      const response = await client.send(requestOf(call, scope, fresh, end.cancellation));
      // Only a read that succeeds needs the body: a failure is told by its status, and a change that was answered with
      // 2xx has been made, whatever became of the body.
      const { status, body } = response;
      if (isRead && status >= 200 && status < 300 && 'failure' in body) {
        const { kind, cause } = body.failure;
        throw new HttpFailure(kind, cause, { answered: true });
      }
      return response;
    } catch (error) {
      throw end.late && error instanceof HttpFailure ? new HttpFailure('timed-out', error, error) : error;
    } finally {
      end.forget();
    }
  }
}

function requestOf(
  { method, path, headers, json }: Call,
  { common: sharedHeaders, trace }: CallScope,
  fresh: boolean,
  cancellation: Cancellation,
): HttpRequest {
  const traceparent = nextTraceparent(trace);
  return {
    method,
    path,
    sharedHeaders,
    headers:
      json === undefined
        ? { traceparent, ...headers }
        : { traceparent, 'content-type': 'application/json', ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
    fresh,
    cancellation,
  };
}

/** Cancels an exchange when its time is up, or when the caller for whose sake alone it is made goes away. */
class EndOfExchange {
  readonly cancellation = new Cancellation();
  late = false;
  readonly #timer: NodeJS.Timeout;
  readonly #scope: CallScope | undefined;

  constructor(ms: number, scope: CallScope | undefined) {
    this.#timer = setTimeout(this.#timeIsUp, ms);
    this.#scope = scope;
    scope?.callerGone.onCancel(this.#cancel);
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#scope?.callerGone.offCancel(this.#cancel);
  }

  readonly #cancel = (): void => {
    this.cancellation.cancel();
  };

  readonly #timeIsUp = (): void => {
    this.late = true;
    this.cancellation.cancel();
  };
}
