import type { Socket } from 'node:net';
import { HttpFailure, type HttpResponse } from './http.js';
import type { Connector } from './connector.js';
import type { Exchange } from './exchange.js';

/** How long an idle connection stays open if the server does not say, and at most. */
const DEFAULT_KEEP_ALIVE_SECONDS = 4;
const MAX_KEEP_ALIVE_SECONDS = 600;
/** A request that meets a closing server is lost, so the client closes its connections this much earlier. */
const KEEP_ALIVE_MARGIN_SECONDS = 1;

/** Owns connections and assigns exchanges to them. */
export interface ConnectionPool {
  /** Sends the next exchange, or marks the connection idle. */
  onIdle(connection: Connection): void;
  /** A reused connection turned out to be dead. Idle connections have been unused for longer, so they may be dead, too. */
  onDead(): void;
  onClosed(connection: Connection): void;
  /** Calls {@link Connection.write} at the end of this iteration of the event loop. */
  writeSoon(connection: Connection): void;
}

/** A socket and the exchange that is in flight on it. */
export class Connection {
  readonly #socket: Socket;
  readonly #pool: ConnectionPool;
  #exchange: Exchange | undefined;
  #ready = false;
  #reused = false;
  #keepAliveMs = 0;
  #idleUntil = 0;
  #error: Error | undefined;

  /** Opens a connection for an exchange, which must not be cancelled yet. */
  constructor(connect: Connector, pool: ConnectionPool, exchange: Exchange) {
    this.#pool = pool;
    this.#socket = connect(this.#onBytes, this.#onReady)
      .on('end', this.#onEnd)
      .on('error', (error) => (this.#error = error))
      .on('close', this.#onClose);
    this.#attach(exchange);
  }

  /** Sends an exchange, which must not be cancelled yet, on this idle connection. */
  send(exchange: Exchange): void {
    this.#reused = true;
    this.#attach(exchange);
    this.#socket.ref();
    this.#pool.writeSoon(this);
  }

  /** Writes the request, if it has not been cancelled. */
  write(): void {
    if (this.#exchange !== undefined) this.#socket.write(this.#exchange.request, 'latin1');
  }

  /** Keeps the connection for later without keeping the process alive. */
  markIdle(now: number): void {
    this.#socket.unref();
    this.#idleUntil = now + this.#keepAliveMs;
  }

  /** Whether the connection is closed, or the server may be about to close it. */
  isStale(now: number): boolean {
    return now >= this.#idleUntil || this.#socket.destroyed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #attach(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.cancellation.onCancel(this.#onCancel);
  }

  #detach(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.cancellation.offCancel(this.#onCancel);
    return exchange;
  }

  #finish(exchange: Exchange, response: HttpResponse): void {
    const { reusable, keepAliveSeconds } = exchange.reader;
    this.#detach();
    exchange.resolve(response);
    this.#keepAliveMs = keepAliveMs(keepAliveSeconds);
    if (reusable && this.#keepAliveMs > 0) this.#pool.onIdle(this);
    else this.destroy();
  }

  #fail(failure: HttpFailure): void {
    this.#detach()?.fail(failure);
    this.destroy();
  }

  readonly #onReady = (): void => {
    this.#ready = true;
    this.write();
  };

  readonly #onBytes = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Unrequested bytes must not be taken for the next response.
      this.destroy();
      return;
    }
    try {
      const response = exchange.reader.push(bytes);
      if (response !== undefined) this.#finish(exchange, response);
    } catch (error) {
      this.#fail(error instanceof HttpFailure ? error : new HttpFailure('broken', error));
    }
  };

  readonly #onEnd = (): void => {
    const response = this.#exchange?.reader.end();
    if (this.#exchange !== undefined && response !== undefined) this.#finish(this.#exchange, response);
    else this.destroy();
  };

  /**
   * A server may close a connection just as a request is sent on it. The caller may send a GET again (RFC 9112, 9.3.1);
   * this client does not, because the caller counts attempts.
   */
  readonly #onClose = (): void => {
    const exchange = this.#detach();
    const pooled = this.#reused && exchange?.reader.started === false;
    if (pooled) this.#pool.onDead();
    exchange?.fail(new HttpFailure(this.#ready ? 'broken' : 'not-connected', this.#error, { pooled }));
    this.#pool.onClosed(this);
  };

  readonly #onCancel = (): void => {
    this.#fail(new HttpFailure('aborted', undefined));
  };
}

/** How long an idle connection stays open, in milliseconds. */
function keepAliveMs(serverTimeout: number | undefined): number {
  const seconds =
    serverTimeout === undefined ? DEFAULT_KEEP_ALIVE_SECONDS : serverTimeout - KEEP_ALIVE_MARGIN_SECONDS;
  return Math.min(seconds, MAX_KEEP_ALIVE_SECONDS) * 1000;
}
