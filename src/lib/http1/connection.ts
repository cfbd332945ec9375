import type { Socket } from 'node:net';
import { HttpFailure, type HttpResponse } from './http.js';
import type { Dial } from './dial.js';
import type { Exchange } from './exchange.js';

/** How long a connection is kept without a request: where the server does not say, and at most. Seconds. */
const KEEP_SECONDS = 4;
const MAX_KEEP_SECONDS = 600;
/** A request on its way to a server that closes is lost: the client closes first, by so many seconds. */
const KEEP_MARGIN_SECONDS = 1;

/** Who uses connections. */
export interface ConnectionOwner {
  /** Gives the connection another exchange, or lets it rest. */
  onFree(connection: Connection): void;
  /** Whatever rests has been there for longer than the connection that turned out to be dead, and may be dead, too. */
  onFoundDead(): void;
  onClosed(connection: Connection): void;
}

/** One socket, and the exchange that it carries. */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  #exchange: Exchange | undefined;
  /** Whether requests can go out. */
  #ready = false;
  /** Whether it carries its first exchange no more. */
  #reused = false;
  #keepMs = 0;
  #restsUntil = 0;
  #error: Error | undefined;

  /** Opens a connection for an exchange that has not been cancelled. */
  constructor(dial: Dial, owner: ConnectionOwner, exchange: Exchange) {
    this.#owner = owner;
    this.#socket = dial(this.#onBytes, this.#onReady)
      .on('end', this.#onEnd)
      .on('error', (error) => (this.#error = error))
      .on('close', this.#onClose);
    this.#take(exchange);
  }

  /** Sends a request that has not been cancelled, on a connection that is free. */
  carry(exchange: Exchange): void {
    this.#reused = true;
    this.#take(exchange);
    this.#socket.ref();
    this.#socket.write(exchange.request, 'latin1');
  }

  /** Keeps the connection for later, without holding the process. */
  rest(now: number): void {
    this.#socket.unref();
    this.#restsUntil = now + this.#keepMs;
  }

  /** Whether it is closing, or the server may be about to close it for want of requests. */
  isStale(now: number): boolean {
    return now >= this.#restsUntil || this.#socket.destroyed;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.cancellation.onCancel(this.#onCancel);
  }

  /** @returns what it carried, and carries no more */
  #leave(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.cancellation.offCancel(this.#onCancel);
    return exchange;
  }

  #finish(exchange: Exchange, answer: HttpResponse): void {
    const { reusable, keepAliveSeconds } = exchange.reader;
    this.#leave();
    exchange.resolve(answer);
    this.#keepMs = keepMs(keepAliveSeconds);
    if (reusable && this.#keepMs > 0) this.#owner.onFree(this);
    else this.destroy();
  }

  #fail(failure: HttpFailure): void {
    this.#leave()?.fail(failure);
    this.destroy();
  }

  readonly #onReady = (): void => {
    this.#ready = true;
    if (this.#exchange !== undefined) this.#socket.write(this.#exchange.request, 'latin1');
  };

  readonly #onBytes = (bytes: Buffer): void => {
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // Nobody asked for them; they must not be taken for the next answer.
      this.destroy();
      return;
    }
    try {
      const answer = exchange.reader.push(bytes);
      if (answer !== undefined) this.#finish(exchange, answer);
    } catch (error) {
      this.#fail(error instanceof HttpFailure ? error : new HttpFailure('broken', error));
    }
  };

  readonly #onEnd = (): void => {
    const answer = this.#exchange?.reader.end();
    if (this.#exchange !== undefined && answer !== undefined) this.#finish(this.#exchange, answer);
    else this.destroy();
  };

  /**
   * A server may close a connection just when a request goes out on it, and a GET may be sent again (RFC 9112, 9.3.1): by
   * the caller, who counts attempts and may have a budget for them.
   */
  readonly #onClose = (): void => {
    const exchange = this.#leave();
    const pooled = this.#reused && exchange?.reader.begun === false;
    if (pooled) this.#owner.onFoundDead();
    exchange?.fail(new HttpFailure(this.#ready ? 'broken' : 'not-connected', this.#error, { pooled }));
    this.#owner.onClosed(this);
  };

  readonly #onCancel = (): void => {
    this.#fail(new HttpFailure('aborted', undefined));
  };
}

/** For how long a connection is kept without a request, in milliseconds. */
function keepMs(said: number | undefined): number {
  const seconds = said === undefined ? KEEP_SECONDS : said - KEEP_MARGIN_SECONDS;
  return Math.min(seconds, MAX_KEEP_SECONDS) * 1000;
}
