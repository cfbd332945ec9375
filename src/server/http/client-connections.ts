import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cancellation } from '../../cancellation.js';

/** The most pipelined requests, over all connections, that wait for earlier ones. */
const MAX_PIPELINED = 2000;
/** A connection may always have this many waiting requests, so that greedy clients do not get others disconnected. */
const ALWAYS_PIPELINED = 4;
/** Reading from a connection pauses while this many requests wait on it. */
const PAUSE_AT = 16;
const SWEEP_MS = 500;
const POLL_MS = 10;

/**
 * The connections of clients.
 *
 * Requests on one connection are handled one after another: methods that are not safe must not be handled in parallel
 * (RFC 9112, 9.3.2), and a client with one connection has one request in flight. A client that does not read a response in
 * time is disconnected.
 */
export class ClientConnections {
  readonly #connections = new Map<Socket, ClientConnection>();
  readonly #sweep: NodeJS.Timeout;
  #pipelined = 0;

  /** @param readTimeoutMs how long a client may take to read a response, in milliseconds */
  constructor(readTimeoutMs: number) {
    const sweep = () => {
      const now = performance.now();
      for (const connection of this.#connections.values()) connection.closeIfUnread(now, readTimeoutMs);
    };
    this.#sweep = setInterval(sweep, Math.min(SWEEP_MS, readTimeoutMs)).unref();
  }

  /** Calls `listener` for each request when the earlier requests of its connection have been answered. */
  oneAtATime(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      const connection = this.#connectionOf(socket);
      if (connection.current === undefined) {
        connection.start({ request, response, listener });
        return;
      }
      if (this.#pipelined >= MAX_PIPELINED && connection.waiting >= ALWAYS_PIPELINED) {
        socket.destroy();
        return;
      }
      this.#pipelined += 1;
      connection.enqueue({ request, response, listener });
    };
  }

  /** Cancelled when the client of the current request on this connection disconnects. */
  goneOf(socket: Socket): Cancellation {
    return this.#connections.get(socket)?.gone ?? new Cancellation();
  }

  /** The response that the connection waits for, if any. */
  currentOn(socket: Socket): ServerResponse | undefined {
    return this.#connections.get(socket)?.current;
  }

  /** Whether a response was sent to a request whose body has not arrived completely yet. */
  hasAnsweredEarly(socket: Socket): boolean {
    return this.#connections.get(socket)?.answeredEarly?.complete === false;
  }

  /** Waits until all requests that have arrived completely are answered, or `withinMs` has passed. */
  async answered(withinMs: number): Promise<void> {
    await this.#settled((response) => response.writableEnded || !response.req.complete, withinMs);
  }

  /** Waits until clients have read all responses that have been written, or `withinMs` has passed. */
  async flushed(withinMs: number): Promise<void> {
    await this.#settled((response) => response.writableFinished || !response.writableEnded, withinMs);
  }

  /** Waits until all connections that have had a request are closed, or `withinMs` has passed. */
  async closed(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (this.#connections.size > 0 && performance.now() < end) await sleep(POLL_MS);
  }

  close(): void {
    clearInterval(this.#sweep);
  }

  async #settled(isSettled: (response: ServerResponse) => boolean, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    let open = [...this.#connections.values()].flatMap(({ current }) => current ?? []);
    while (performance.now() < end) {
      open = open.filter((response) => !response.destroyed && !isSettled(response));
      if (open.length === 0) return;
      await sleep(POLL_MS);
    }
  }

  #connectionOf(socket: Socket): ClientConnection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const connection = new ClientConnection(socket, (count) => {
      this.#pipelined -= count;
    });
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      connection.closed();
    });
    return connection;
  }
}

interface PendingRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly listener: RequestListener;
}

class ClientConnection {
  readonly #socket: Socket;
  /** Called with the number of requests that no longer wait. */
  readonly #onDequeued: (count: number) => void;
  #waiting: PendingRequest[] = [];
  #unreadSince: number | undefined;
  /** The response to the request that is being handled. */
  current: ServerResponse | undefined;
  /** A request that was answered before its body had arrived. The rest of it is dropped. */
  answeredEarly: IncomingMessage | undefined;
  gone = new Cancellation();

  constructor(socket: Socket, onDequeued: (count: number) => void) {
    this.#socket = socket;
    this.#onDequeued = onDequeued;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  start({ request, response, listener }: PendingRequest): void {
    this.current = response;
    // A new one for each request: listeners in an object of the old generation would keep what they refer to from being collected
    // early.
    this.gone = new Cancellation();
    response.once('finish', () => {
      this.#finished();
    });
    listener(request, response);
  }

  enqueue(pending: PendingRequest): void {
    this.#waiting.push(pending);
    if (this.#waiting.length >= PAUSE_AT) this.#socket.pause();
  }

  closeIfUnread(now: number, readTimeoutMs: number): void {
    if (this.current?.writableEnded !== true) this.#unreadSince = undefined;
    else if (this.#unreadSince === undefined) this.#unreadSince = now;
    else if (now - this.#unreadSince >= readTimeoutMs) this.#socket.destroy();
  }

  closed(): void {
    this.#onDequeued(this.#waiting.length);
    this.#waiting = [];
    this.gone.cancel();
  }

  #finished(): void {
    this.#unreadSince = undefined;
    if (this.current?.req.complete === false) this.answeredEarly = this.current.req;
    // `current` is kept until the next request starts, so that a new request does not overtake waiting ones.
    if (this.#waiting.length === 0) this.current = undefined;
    // Lets the event loop serve other connections in between, even if each response is ready at once.
    else
      setImmediate(() => {
        this.#startNext();
      });
  }

  #startNext(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#onDequeued(1);
    if (this.#waiting.length === 0) this.#socket.resume();
    // The previous response may have had `Connection: close`.
    if (this.#socket.writable) this.start(next);
  }
}
