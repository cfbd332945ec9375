import type { SecureContextOptions } from 'node:tls';
import {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import { Connection, type ConnectionPool } from './connection.js';
import { createConnector, type Connector } from './connector.js';
import { Exchange } from './exchange.js';
import { RequestWriter } from './request-writer.js';

export { decodeBody } from './content-coding.js';
export {
  HttpFailure,
  type CancelSignal,
  type HttpClient,
  type HttpClientOptions,
  type HttpFailureKind,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  type HttpSend,
} from './http.js';

/** The interval in which stale connections are closed. */
const CLOSE_STALE_EVERY_MS = 1000;

/**
 * Creates an HTTP/1.1 client that sends GET requests only, in half of undici's CPU time. A GET may be repeated, so any
 * unusual response can be a failure. The client follows no redirects and asks for no compression.
 *
 * @param secure TLS options besides Node's defaults, such as `ca`
 */
export function createHttp1Client(options: HttpClientOptions, secure: SecureContextOptions = {}): HttpClient {
  return new Http1Client(options, secure);
}

/** Reuses the most recently used connection first, so that surplus connections become stale and close. */
class Http1Client implements HttpClient, ConnectionPool {
  readonly #connect: Connector;
  readonly #writer: RequestWriter;
  readonly #maxSockets: number;
  readonly #maxBodyBytes: number;
  /** The most recently used connection is last. */
  #idle: Connection[] = [];
  /** Exchanges that wait for a connection, oldest first, each with its cancellation listener. */
  readonly #queue = new Map<Exchange, () => void>();
  #unwritten: Connection[] = [];
  #connectionCount = 0;
  #closeStaleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ baseUrl, maxSockets, maxBodyBytes }: HttpClientOptions, secure: SecureContextOptions) {
    const base = new URL(baseUrl);
    this.#connect = createConnector(base, secure);
    this.#writer = new RequestWriter(base);
    this.#maxSockets = maxSockets;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Rejects with a TypeError, before anything is sent, if this client cannot send the request. */
  readonly send = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const { cancellation } = request;
      if (cancellation.cancelled) throw new HttpFailure('aborted', undefined);
      if (this.#closed) throw clientClosed();
      const written = this.#writer.write(request);
      if (request.fresh === true) this.#closeIdle();
      this.#dispatch(new Exchange(written, cancellation, resolve, reject, this.#maxBodyBytes));
    });

  close(): void {
    this.#closed = true;
    clearTimeout(this.#closeStaleTimer);
    this.#closeIdle();
    for (const exchange of this.#queue.keys()) this.#dequeue(exchange).fail(clientClosed());
  }

  onIdle(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) {
      connection.send(next);
    } else if (this.#closed) {
      connection.destroy();
    } else {
      connection.markIdle(performance.now());
      this.#idle.push(connection);
      this.#closeStaleTimer ??= setTimeout(this.#closeStale, CLOSE_STALE_EVERY_MS).unref();
    }
  }

  /**
   * All requests of one iteration of the event loop are written back to back: the peer then wakes up once for all of them.
   * Written one by one, a small read cost 20 us of CPU more, of 90.
   */
  writeSoon(connection: Connection): void {
    if (this.#unwritten.push(connection) === 1) setImmediate(this.#writeAll);
  }

  onDead(): void {
    this.#closeIdle();
  }

  onClosed(connection: Connection): void {
    this.#connectionCount -= 1;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    const next = this.#next();
    if (next !== undefined) this.#open(next);
  }

  #dispatch(exchange: Exchange): void {
    const connection = this.#takeIdle();
    if (connection !== undefined) connection.send(exchange);
    else if (this.#connectionCount < this.#maxSockets) this.#open(exchange);
    else this.#enqueue(exchange);
  }

  #closeIdle(): void {
    for (const connection of this.#idle.splice(0)) connection.destroy();
  }

  #takeIdle(): Connection | undefined {
    const now = performance.now();
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.isStale(now)) return connection;
      connection.destroy();
    }
    return undefined;
  }

  #open(exchange: Exchange): void {
    new Connection(this.#connect, this, exchange);
    this.#connectionCount += 1;
  }

  #enqueue(exchange: Exchange): void {
    const cancel = () => {
      this.#dequeue(exchange).fail(new HttpFailure('aborted', undefined));
    };
    this.#queue.set(exchange, cancel);
    exchange.cancellation.onCancel(cancel);
  }

  #dequeue(exchange: Exchange): Exchange {
    const cancel = this.#queue.get(exchange);
    this.#queue.delete(exchange);
    if (cancel !== undefined) exchange.cancellation.offCancel(cancel);
    return exchange;
  }

  #next(): Exchange | undefined {
    const [exchange] = this.#queue.keys();
    return exchange && this.#dequeue(exchange);
  }

  readonly #writeAll = (): void => {
    const connections = this.#unwritten;
    this.#unwritten = [];
    for (const connection of connections) connection.write();
  };

  readonly #closeStale = (): void => {
    const now = performance.now();
    this.#idle = this.#idle.filter((connection) => {
      const isStale = connection.isStale(now);
      if (isStale) connection.destroy();
      return !isStale;
    });
    this.#closeStaleTimer =
      this.#idle.length === 0 ? undefined : setTimeout(this.#closeStale, CLOSE_STALE_EVERY_MS).unref();
  };
}

function clientClosed(): HttpFailure {
  return new HttpFailure('not-connected', new Error('The client is closed.'));
}
