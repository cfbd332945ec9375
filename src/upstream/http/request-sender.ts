import { nextTraceparent } from '../../telemetry/trace-context.js';
import type { Call, CallScope } from './call.js';
import { Cancellation } from '../../cancellation.js';
import { timedOut } from './failure.js';
import {
  HttpFailure,
  type HttpClient,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from './http.js';

export interface RequestSenderOptions {
  /** The time limit of one request, in milliseconds. */
  readonly timeoutMs: number;
}

/** `changes` also carries reads with a body. */
interface HttpClients {
  readonly reads: HttpClient;
  readonly changes: HttpClient;
}

/** Sends single HTTP requests, with a time limit. */
export class RequestSender {
  readonly #options: RequestSenderOptions;
  readonly #clients: HttpClients;

  constructor(options: RequestSenderOptions, clients: HttpClients) {
    this.#options = options;
    this.#clients = clients;
  }

  /**
   * @param sharedHeaders the headers that all calls of the operation share
   * @param fresh see {@link HttpRequest.fresh}
   * @param traceparent of the span that the request is. Default: that of a span that is not recorded
   * @throws {HttpFailure}, or {UpstreamError} if the deadline has passed before the request is sent
   */
  async send(
    call: Call,
    scope: CallScope,
    sharedHeaders: HttpHeaders,
    fresh: boolean,
    traceparent = nextTraceparent(scope.trace),
  ): Promise<HttpResponse> {
    const remaining = scope.deadline - performance.now();
    if (remaining <= 0 || scope.callerGone.cancelled) throw timedOut(false);
    const isRead = call.kind === 'read';
    // Whole milliseconds: Node.js keeps one list of timers per duration.
    const ms = Math.min(this.#options.timeoutMs, Math.ceil(remaining));
    const end = new RequestCancellation(ms, isRead ? scope : undefined);
    try {
      // The client for reads may support GET only, and a read with a body is a POST.
      const client = isRead && call.method === 'GET' ? this.#clients.reads : this.#clients.changes;
      const response = await client.send(
        requestOf(call, traceparent, sharedHeaders, fresh, end.cancellation),
      );
      // Only a successful read needs its body: the status says why a call failed, and a change answered with 2xx has
      // been made even if the body was lost.
      const { status, body } = response;
      if (isRead && status >= 200 && status < 300 && 'failure' in body) {
        const { kind, cause } = body.failure;
        throw new HttpFailure(kind, cause, { answered: true });
      }
      return response;
    } catch (error) {
      throw end.isLate && error instanceof HttpFailure ? new HttpFailure('timed-out', error, error) : error;
    } finally {
      end.dispose();
    }
  }
}

function requestOf(
  { method, path, headers, json }: Call,
  traceparent: string,
  sharedHeaders: HttpHeaders,
  fresh: boolean,
  cancellation: Cancellation,
): HttpRequest {
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

/** Cancels a request at its time limit, or when the caller of a read disconnects. */
class RequestCancellation {
  readonly cancellation = new Cancellation();
  isLate = false;
  readonly #timer: NodeJS.Timeout;
  #lastCall: NodeJS.Immediate | undefined;
  readonly #scope: CallScope | undefined;

  constructor(ms: number, scope: CallScope | undefined) {
    this.#timer = setTimeout(this.#onTimeout, ms);
    this.#scope = scope;
    scope?.callerGone.onCancel(this.#cancel);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    if (this.#lastCall !== undefined) clearImmediate(this.#lastCall);
    this.#scope?.callerGone.offCancel(this.#cancel);
  }

  readonly #cancel = (): void => {
    this.cancellation.cancel();
  };

  readonly #onTimeout = (): void => {
    // After the event loop was blocked, timers run before responses that have arrived meanwhile, and `setImmediate` after them.
    this.#lastCall = setImmediate(this.#giveUp);
  };

  readonly #giveUp = (): void => {
    this.isLate = true;
    this.cancellation.cancel();
  };
}
