import type { WebSocket as GraphQLSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Headers } from './connection-headers.js';

/** RFC 6455, 7.4.1 */
const GOING_AWAY = 1001;
/** After this code `graphql-ws` reconnects, with new `connectionParams`; after 4401 it does not. */
const FORBIDDEN = 4403;
/** For a message that the protocol does not allow a client to send. */
const BAD_REQUEST = 4400;
/** `graphql-ws` does not reconnect after this code. */
const INTERNAL_SERVER_ERROR = 4500;

/** A running operation that can be ended. */
interface RunningOperation {
  return(): unknown;
}

export interface ClientSocketOptions {
  /** Of the upgrade. */
  readonly headers: Headers;
  /** The client's, for limits. */
  readonly address: string;
  /** Nothing more is read from the client while more bytes wait to be read by it. */
  readonly maxUnreadBytes: number;
  readonly onDefect: (error: unknown) => void;
}

/** A client's WebSocket, as `graphql-ws` and the operations on it see it. */
export class ClientSocket implements GraphQLSocket {
  /** The headers of each operation. */
  headers: Headers;
  /** The client's, for limits. */
  readonly address: string;
  /** The length of the last message, in bytes. */
  messageBytes = 0;
  /** The running operations, including streams, by their ids. */
  readonly operations = new Map<string, RunningOperation>();
  readonly #socket: WebSocket;
  readonly #maxUnreadBytes: number;
  readonly #onDefect: (error: unknown) => void;
  /** The number of operations that have neither a response nor a stream yet. */
  #unanswered = 0;
  #isGoingAway = false;
  /** Whether the peer has answered the last ping. */
  #isAlive = true;
  #unreadSince: number | undefined;
  /** Settled when all earlier results have been read. */
  #resultsRead = Promise.resolve();

  constructor(socket: WebSocket, { headers, address, maxUnreadBytes, onDefect }: ClientSocketOptions) {
    this.#socket = socket;
    this.headers = headers;
    this.address = address;
    this.#maxUnreadBytes = maxUnreadBytes;
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

  /** Resolves when the client has read the message, as far as one can tell, or is gone. */
  send(message: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) {
        resolve();
        return;
      }
      // An error closes the connection, which ends its operations.
      this.#socket.send(message, () => {
        this.#unreadSince = undefined;
        this.#readOn();
        resolve();
      });
      if (this.#socket.bufferedAmount > this.#maxUnreadBytes) this.#socket.pause();
    });
  }

  /**
   * Sends a result when the earlier ones have been read: Node.js writes all that waits at once, and does not tell how much of it
   * has been read.
   */
  sendResult(message: string): Promise<void> {
    if (this.#socket.bufferedAmount === 0) return this.send(message);
    this.#resultsRead = this.#resultsRead.then(() => this.send(message));
    return this.#resultsRead;
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  onMessage(listener: (message: string) => Promise<void>): void {
    this.#socket.on('message', (data: Buffer) => {
      this.messageBytes = data.length;
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

  /** Closes the connection once all operations have their response. */
  goingAway(): void {
    this.#isGoingAway = true;
    this.#closeIfAnswered();
  }

  /** Counts an operation as pending until {@link answered} is called. */
  begin(): void {
    this.#unanswered += 1;
  }

  answered(): void {
    this.#unanswered -= 1;
    // For the client the operation is over when `graphql-ws` has sent `complete`.
    if (this.#isGoingAway) setImmediate(() => this.#closeIfAnswered());
  }

  /** Disconnects a peer that has not answered the last ping, and pings it again otherwise. */
  ping(): void {
    // The answer of a paused client has not been read.
    if (this.#socket.isPaused) return;
    if (!this.#isAlive) {
      this.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.isOpen) this.#socket.ping();
  }

  /** Disconnects a peer that has read no message for `readTimeoutMs`, although there are some. */
  closeIfUnread(now: number, readTimeoutMs: number): void {
    if (this.#socket.bufferedAmount === 0) this.#unreadSince = undefined;
    else if (this.#unreadSince === undefined) this.#unreadSince = now;
    else if (now - this.#unreadSince >= readTimeoutMs) this.terminate();
  }

  /** Ends the running operations when the client has disconnected. */
  closed(): void {
    for (const operation of this.operations.values()) operation.return();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #readOn(): void {
    if (this.#socket.isPaused && this.#socket.bufferedAmount <= this.#maxUnreadBytes) this.#socket.resume();
  }

  #closeIfAnswered(): void {
    if (this.isAnswered) this.close(GOING_AWAY, 'Going away');
  }
}

/** `graphql-ws` throws for messages that only a server sends, such as `next`, as it does for its own failures. */
function isServerMessage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type ');
}
