import type { SecureContextOptions } from 'node:tls';
import {
  HttpFailure,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
  type HttpResponse,
} from './http.js';
import { Connection, type ConnectionOwner } from './connection.js';
import { dialTo, type Dial } from './dial.js';
import { Exchange } from './exchange.js';
import { RequestWriter } from './request.js';

export { decodeBody } from './content-coding.js';
export { areFields, valueOf } from './head.js';
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

/** How often connections that nobody uses are looked through, in milliseconds. */
const SWEEP_MS = 1000;

/**
 * An HTTP/1.1 client on sockets, for reads alone, at half of what they cost with undici: GET may be repeated, so that
 * whatever is out of the ordinary in an answer can be a failure. It follows no redirect, and asks for no compression.
 *
 * @param secure what TLS needs besides Node's defaults, such as the certificate of an authority
 */
export function createHttp1Client(options: HttpClientOptions, secure: SecureContextOptions = {}): HttpClient {
  return new Http1Client(options, secure);
}

/** At most so many connections, used last in, first out, so that those that are not needed close. */
class Http1Client implements HttpClient, ConnectionOwner {
  readonly #dial: Dial;
  readonly #writer: RequestWriter;
  readonly #maxSockets: number;
  readonly #maxBodyBytes: number;
  /** Free connections, the one that was used last at the end. */
  #free: Connection[] = [];
  /** Exchanges without a connection, the oldest first, each with what its cancellation calls. */
  readonly #waiting = new Map<Exchange, () => void>();
  /** How many connections there are. */
  #count = 0;
  #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ baseUrl, maxSockets, maxBodyBytes }: HttpClientOptions, secure: SecureContextOptions) {
    const base = new URL(baseUrl);
    this.#dial = dialTo(base, secure);
    this.#writer = new RequestWriter(base);
    this.#maxSockets = maxSockets;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** @throws {TypeError} where the request is none that this client can carry; nothing has been sent */
  readonly send = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const { cancellation } = request;
      if (cancellation.cancelled) throw new HttpFailure('aborted', undefined);
      if (this.#closed) throw closed();
      const written = this.#writer.write(request);
      if (request.fresh === true) this.#closeFree();
      this.#carry(new Exchange(written, cancellation, resolve, reject, this.#maxBodyBytes));
    });

  close(): void {
    this.#closed = true;
    clearTimeout(this.#sweeper);
    this.#closeFree();
    for (const exchange of this.#waiting.keys()) this.#stopWaiting(exchange).fail(closed());
  }

  onFree(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) {
      connection.carry(next);
    } else if (this.#closed) {
      connection.destroy();
    } else {
      connection.rest(performance.now());
      this.#free.push(connection);
      this.#sweeper ??= setTimeout(this.#sweep, SWEEP_MS).unref();
    }
  }

  onFoundDead(): void {
    this.#closeFree();
  }

  onClosed(connection: Connection): void {
    this.#count -= 1;
    const index = this.#free.indexOf(connection);
    if (index !== -1) this.#free.splice(index, 1);
    const next = this.#next();
    if (next !== undefined) this.#open(next);
  }

  #carry(exchange: Exchange): void {
    const connection = this.#takeFree();
    if (connection !== undefined) connection.carry(exchange);
    else if (this.#count < this.#maxSockets) this.#open(exchange);
    else this.#wait(exchange);
  }

  #closeFree(): void {
    for (const connection of this.#free.splice(0)) connection.destroy();
  }

  #takeFree(): Connection | undefined {
    const now = performance.now();
    for (let connection = this.#free.pop(); connection !== undefined; connection = this.#free.pop()) {
      if (!connection.isStale(now)) return connection;
      connection.destroy();
    }
    return undefined;
  }

  #open(exchange: Exchange): void {
    new Connection(this.#dial, this, exchange);
    this.#count += 1;
  }

  #wait(exchange: Exchange): void {
    const leave = () => {
      this.#stopWaiting(exchange).fail(new HttpFailure('aborted', undefined));
    };
    this.#waiting.set(exchange, leave);
    exchange.cancellation.onCancel(leave);
  }

  #stopWaiting(exchange: Exchange): Exchange {
    const leave = this.#waiting.get(exchange);
    this.#waiting.delete(exchange);
    if (leave !== undefined) exchange.cancellation.offCancel(leave);
    return exchange;
  }

  #next(): Exchange | undefined {
    const [exchange] = this.#waiting.keys();
    return exchange && this.#stopWaiting(exchange);
  }

  readonly #sweep = (): void => {
    const now = performance.now();
    this.#free = this.#free.filter((connection) => {
      const isStale = connection.isStale(now);
      if (isStale) connection.destroy();
      return !isStale;
    });
    this.#sweeper = this.#free.length === 0 ? undefined : setTimeout(this.#sweep, SWEEP_MS).unref();
  };
}

function closed(): HttpFailure {
  return new HttpFailure('not-connected', new Error('The client has been closed.'));
}
