import { Agent, type Dispatcher } from 'undici';
import { decodeBody } from '../lib/http1/http1-client.js';
import {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import { toHttpFailure } from './http-failure.js';

/**
 * An HTTP client on undici's dispatcher, the leanest that a library gives. It follows no redirect, and asks for no
 * compression.
 */
export function createUndiciClient({ baseUrl, maxSockets, maxBodyBytes }: HttpClientOptions): HttpClient {
  const { origin, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, '');
  let pool = new Pool(maxSockets);
  /** Connections that rest are closed, those in use after their exchange. */
  const renew = (old: Pool) => {
    if (old !== pool) return;
    pool = new Pool(maxSockets);
    void old.agent.close();
  };
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (request.cancellation.cancelled) {
          reject(new HttpFailure('aborted', undefined));
          return;
        }
        if (request.fresh === true && pool.hasAnswered) renew(pool);
        const { method, path, sharedHeaders, headers, body = null } = request;
        const used = pool;
        used.agent.dispatch(
          { origin, path: prefix + path, method, headers: { ...sharedHeaders, ...headers }, body },
          new Exchange(request, maxBodyBytes, {
            resolve(response) {
              used.hasAnswered = true;
              resolve(response);
            },
            reject(failure) {
              // undici does not tell whether a connection had been used before.
              const pooled = failure.kind === 'broken' && used.hasAnswered;
              if (pooled) renew(used);
              reject(pooled ? new HttpFailure('broken', failure.cause, { pooled }) : failure);
            },
          }),
        );
      }),
    close() {
      void pool.agent.destroy();
    },
  };
}

/** The connections that were opened since one last turned out to be dead. */
class Pool {
  readonly agent: Agent;
  /** Whether there can be connections that have been used. */
  hasAnswered = false;

  constructor(connections: number) {
    // The caller's cancellation bounds an exchange, headers and body together; timers of undici's own would be a second
    // bound.
    this.agent = new Agent({ connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  }
}

/** What an exchange ends with. */
interface Ending {
  resolve(response: HttpResponse): void;
  reject(failure: HttpFailure): void;
}

/** The callbacks of one dispatch. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #headers: Dispatcher.ResponseData['headers'] = {};
  #controller: Dispatcher.DispatchController | undefined;

  constructor(
    private readonly request: HttpRequest,
    private readonly maxBodyBytes: number,
    private readonly ending: Ending,
  ) {
    request.cancellation.onCancel(this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.request.cancellation.cancelled) this.#abort();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Dispatcher.ResponseData['headers'],
  ): void {
    // An informational answer comes before the answer itself (RFC 9110, 15.2).
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.maxBodyBytes) controller.abort(new HttpFailure('too-large', undefined));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(this.#body());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = error instanceof HttpFailure ? error : toHttpFailure(error);
    if (this.#status !== 0) {
      // undici waits for the `Content-Length` of a 304, which tells that of another answer (RFC 9110, 8.6).
      this.#end(this.#status === 304 && failure.kind === 'broken' ? { latin1: '' } : { failure });
      return;
    }
    this.request.cancellation.offCancel(this.#abort);
    this.ending.reject(failure);
  }

  readonly #abort = (): void => {
    this.#controller?.abort(new HttpFailure('aborted', undefined));
  };

  #end(body: HttpResponse['body']): void {
    this.request.cancellation.offCancel(this.#abort);
    const headers = this.#headers;
    this.ending.resolve({ status: this.#status, header: (name) => first(headers[name]), body });
  }

  #body(): HttpResponse['body'] {
    const octets = Buffer.concat(this.#chunks).toString('latin1');
    const codings = this.#headers['content-encoding'];
    // Lines of one name are one list (RFC 9110, 5.3).
    return decodeBody(octets, Array.isArray(codings) ? codings.join() : codings, this.maxBodyBytes);
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
