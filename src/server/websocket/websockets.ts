import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleProtocols, type Server } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { AllowedOrigins } from '../../config/exposure.js';
import type { OperationPipeline } from '../../operations/pipeline.js';
import { RequestError } from '../../operations/request/request-error.js';
import type { Logger } from '../../telemetry/logger.js';
import type { ClientAddresses } from '../http/client-address.js';
import { ClientSocket } from './client-socket.js';
import { operationHeaders, type Headers } from './connection-headers.js';
import { createProtocol } from './protocol.js';
import { UnfinishedMessages } from './unfinished-messages.js';
import { upgradeError } from './upgrade.js';

export interface WebSocketsOptions {
  readonly pipeline: OperationPipeline;
  /** The origins whose pages may open a WebSocket. */
  readonly origins: AllowedOrigins;
  readonly addresses: ClientAddresses;
  /** The longest message, in bytes. */
  readonly maxBytes: number;
  /** The most bytes of unfinished messages, over all connections. */
  readonly maxUnfinishedBytes: number;
  /** How long a client may take to initialise its connection, to send a message, and to read one, in milliseconds. */
  readonly clientTimeoutMs: number;
  /** The most operations that run at the same time on one connection. */
  readonly maxOperations: number;
  readonly logger: Logger;
  /** How often each client is pinged, in milliseconds. */
  readonly pingMs: number;
}

/** Connections are pinged in this many groups, because pinging 10,000 at once takes a tenth of a second. */
const PING_GROUPS = 8;
const POLL_MS = 10;
/** `ws` keeps a `Buffer` for each, which takes some hundred bytes itself. */
const MAX_PIECES_PER_MESSAGE = 4096;

/** WebSockets with the subprotocol `graphql-transport-ws`. */
export class WebSockets {
  readonly #options: WebSocketsOptions;
  readonly #server: WebSocketServer;
  readonly #protocol: Server<ClientSocket>;
  readonly #clients = new Set<ClientSocket>();
  readonly #unfinished: UnfinishedMessages;
  readonly #groups = Array.from({ length: PING_GROUPS }, () => new Set<ClientSocket>());
  readonly #timer: NodeJS.Timeout;
  readonly #turnMs: number;
  #turn = 0;
  #nextTurn = 0;
  #isClosing = false;

  constructor(options: WebSocketsOptions) {
    const { pipeline, maxBytes, maxUnfinishedBytes, clientTimeoutMs, maxOperations, pingMs } = options;
    this.#options = options;
    this.#unfinished = new UnfinishedMessages({ maxBytes: maxUnfinishedBytes, timeoutMs: clientTimeoutMs });
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxBytes,
      maxFragments: MAX_PIECES_PER_MESSAGE,
      maxBufferedChunks: MAX_PIECES_PER_MESSAGE,
      // The types lack this option.
      ...{ closeTimeout: clientTimeoutMs },
      handleProtocols: (protocols) => handleProtocols(protocols),
    });
    this.#protocol = createProtocol({ pipeline, maxOperations, initTimeoutMs: clientTimeoutMs });
    this.#turnMs = pingMs / PING_GROUPS;
    this.#timer = setInterval(
      () => {
        this.#sweep(performance.now());
      },
      Math.max(1, Math.min(this.#turnMs, clientTimeoutMs / 4)),
    ).unref();
  }

  /**
   * Takes over a connection whose client wants a WebSocket.
   *
   * @returns the error if it is rejected; nothing has been written in that case
   */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): RequestError | undefined {
    const error = upgradeError(request, { isClosing: this.#isClosing, origins: this.#options.origins });
    if (error !== undefined) return error;
    let invalid: RequestError | undefined;
    const onInvalid = ({ message }: Error) => {
      invalid = new RequestError(400, `${message}.`);
    };
    // Otherwise `ws` would answer by itself.
    this.#server.once('wsClientError', onInvalid);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#unfinished.watch(webSocket, socket);
      this.#opened(webSocket, operationHeaders(request.headers), this.#options.addresses.of(request));
    });
    this.#server.off('wsClientError', onInvalid);
    return invalid;
  }

  /**
   * Rejects new connections, and closes each open one when its operations are answered, so that clients reconnect elsewhere.
   */
  goAway(): void {
    this.#isClosing = true;
    for (const client of this.#clients) client.goingAway();
  }

  /**
   * Waits until the operations that have arrived are answered, for `answerMs` at most, and then until clients have closed their
   * connections, for `closeMs` at most.
   */
  async closed(answerMs: number, closeMs: number): Promise<void> {
    await settled(() => [...this.#clients].every(({ isAnswered }) => isAnswered), answerMs);
    await settled(() => this.#clients.size === 0, closeMs);
  }

  /** Disconnects all clients. */
  close(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
    for (const client of this.#clients) client.terminate();
  }

  #opened(socket: WebSocket, headers: Headers, address: string): void {
    const client = new ClientSocket(socket, {
      headers,
      address,
      maxUnreadBytes: this.#options.maxBytes,
      onDefect: this.#onDefect,
    });
    const group = this.#smallestGroup();
    this.#clients.add(client);
    group.add(client);
    const closed = this.#protocol.opened(client, client);
    // `ws` closes the connection after an error, such as a frame that is not valid.
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.#clients.delete(client);
      group.delete(client);
      client.closed();
      void closed(code, reason.toString());
    });
  }

  readonly #onDefect = (error: unknown): void => {
    this.#options.logger.error({ err: error }, 'A WebSocket message failed unexpectedly.');
  };

  #smallestGroup(): Set<ClientSocket> {
    return this.#groups.reduce((smallest, group) => (group.size < smallest.size ? group : smallest));
  }

  #sweep(now: number): void {
    for (const client of this.#clients) client.closeIfUnread(now, this.#options.clientTimeoutMs);
    this.#unfinished.closeLate(now);
    if (now < this.#nextTurn) return;
    this.#nextTurn = now + this.#turnMs;
    for (const client of this.#groups[this.#turn] ?? []) client.ping();
    this.#turn = (this.#turn + 1) % PING_GROUPS;
  }
}

async function settled(isSettled: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSettled() && performance.now() < end) await sleep(POLL_MS);
}
