import type { WebSocket as GraphQLSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Headers } from './connection-headers.js';

/** RFC 6455, 7.4.1 */
const GOING_AWAY = 1001;
/** `graphql-ws` connects again after this code, with `connectionParams` that it asks for anew. It does not after 4401. */
const FORBIDDEN = 4403;
/** For a message that the protocol does not allow a client to send. */
const BAD_REQUEST = 4400;
/** `graphql-ws` takes this code for a failure that would come again. */
const INTERNAL_SERVER_ERROR = 4500;

/** An operation that can be ended because nobody wants its results. */
export interface RunningOperation {
  return(): unknown;
}

/** A WebSocket, as `graphql-ws` and the operations on it see it. */
export class Connection implements GraphQLSocket {
  /** The headers of each operation. */
  headers: Headers;
  /** The client's, for limits. */
  readonly address: string;
  /** The operations that run, streams included, by their ids. */
  readonly operations = new Map<string, RunningOperation>();
  readonly #socket: WebSocket;
  readonly #onDefect: (error: unknown) => void;
  /** How many operations will have a response, or a stream, but have none yet. */
  #unanswered = 0;
  #isGoingAway = false;
  /** Whether the peer has answered the last ping. */
  #isAlive = true;
  #unreadSince: number | undefined;

  constructor(socket: WebSocket, headers: Headers, address: string, onDefect: (error: unknown) => void) {
    this.#socket = socket;
    this.headers = headers;
    this.address = address;
    this.#onDefect = onDefect;
    socket.on('pong', () => {
      this.#isAlive = true;
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Whether each operation has its response or its stream. */
  get isAnswered(): boolean {
    return this.#unanswered === 0;
  }

  send(message: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) resolve();
      // An error closes the connection, which ends its operations.
      else
        this.#socket.send(message, () => {
          resolve();
        });
    });
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  onMessage(listener: (message: string) => Promise<void>): void {
    this.#socket.on('message', (data: Buffer) => {
      listener(data.toString()).catch((error: unknown) => {
        if (isServerMessage(error)) {
          this.close(BAD_REQUEST, 'Invalid message received');
          return;
        }
        this.#onDefect(error);
        this.close(INTERNAL_SERVER_ERROR, 'Internal server error');
      });
    });
  }

  expired(): void {
    this.close(FORBIDDEN, 'The token has expired.');
  }

  /** Closes it when the operations that have no response yet are answered. */
  goingAway(): void {
    this.#isGoingAway = true;
    this.#closeIfAnswered();
  }

  /** Counts an operation until {@link answered} is called, when it has its response or its stream. */
  begin(): void {
    this.#unanswered += 1;
  }

  answered(): void {
    this.#unanswered -= 1;
    // The client takes the operation for done when `graphql-ws` has sent `complete`.
    if (this.#isGoingAway) setImmediate(() => this.#closeIfAnswered());
  }

  /** Disconnects a peer that has not answered the last ping, and pings it again otherwise. */
  ping(): void {
    if (!this.#isAlive) {
      this.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.isOpen) this.#socket.ping();
  }

  closeIfUnread(now: number, readTimeoutMs: number): void {
    if (this.#socket.bufferedAmount === 0) this.#unreadSince = undefined;
    else if (this.#unreadSince === undefined) this.#unreadSince = now;
    else if (now - this.#unreadSince >= readTimeoutMs) this.terminate();
  }

  /** Ends what still runs when the peer has gone. */
  closed(): void {
    for (const operation of this.operations.values()) operation.return();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #closeIfAnswered(): void {
    if (this.isAnswered) this.close(GOING_AWAY, 'Going away');
  }
}

/** `graphql-ws` throws for messages that only a server sends, such as `next`, as it does for its own failures. */
function isServerMessage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type ');
}
