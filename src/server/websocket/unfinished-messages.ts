import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { largestOf } from '../largest.js';

export interface UnfinishedMessagesOptions {
  /** The most bytes of unfinished messages, over all connections. */
  readonly maxBytes: number;
  /** How long a message may take to arrive, in milliseconds. */
  readonly timeoutMs: number;
}

interface UnfinishedMessage {
  bytes: number;
  /** From `performance.now()`. */
  since: number;
  readonly socket: WebSocket;
}

/** RFC 6455, 7.4.1 */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;
/** Of a control frame: two bytes and the mask, which clients have to use (RFC 6455, 5.1 and 5.5). */
const CONTROL_HEADER_BYTES = 6;

/**
 * The messages of which a part has arrived, with a limit on each one's time and on all bytes together.
 *
 * `ws` tells only of whole messages and control frames. So this counts what has arrived since the last message, without control
 * frames. What arrives in one piece with the end of a message, at most 64 KiB, is not counted.
 */
export class UnfinishedMessages {
  readonly #options: UnfinishedMessagesOptions;
  /** The oldest comes first. Messages that arrive in one piece are never in it, because entries promote garbage. */
  readonly #unfinished = new Set<UnfinishedMessage>();
  #bytes = 0;

  constructor(options: UnfinishedMessagesOptions) {
    this.#options = options;
  }

  /** @param raw the connection of `socket`, whose listeners `ws` has added already */
  watch(socket: WebSocket, raw: Duplex): void {
    const message: UnfinishedMessage = { bytes: 0, since: 0, socket };
    let isWhole = false;
    let controlBytes = 0;
    const onControl = (data: Buffer) => {
      controlBytes += CONTROL_HEADER_BYTES + data.length;
    };
    // `ws` has emitted the events of this piece before.
    const onData = (piece: Buffer) => {
      this.#resize(message, isWhole ? 0 : Math.max(0, message.bytes + piece.length - controlBytes));
      isWhole = false;
      controlBytes = 0;
    };
    socket
      .on('message', () => {
        isWhole = true;
      })
      .on('ping', onControl)
      .on('pong', onControl)
      .on('close', () => {
        raw.off('data', onData);
        this.#resize(message, 0);
      });
    raw.on('data', onData);
  }

  /** Closes the connections whose messages have not arrived in time. Call it often. */
  closeLate(now: number): void {
    for (const { since, socket } of this.#unfinished) {
      if (now - since < this.#options.timeoutMs) return;
      // The gateway itself does not read from a paused one.
      if (!socket.isPaused) socket.close(POLICY_VIOLATION, 'The message did not arrive in time.');
    }
  }

  #resize(message: UnfinishedMessage, bytes: number): void {
    if (message.bytes === 0 && bytes > 0) {
      message.since = performance.now();
      this.#unfinished.add(message);
    } else if (message.bytes > 0 && bytes === 0) {
      this.#unfinished.delete(message);
    }
    this.#bytes += bytes - message.bytes;
    message.bytes = bytes;
    if (this.#bytes > this.#options.maxBytes) this.#dropLargest();
  }

  #dropLargest(): void {
    const largest = largestOf(this.#unfinished, ({ bytes }) => bytes);
    if (largest === undefined) return;
    largest.socket.close(TRY_AGAIN_LATER, 'The gateway is receiving too many large messages.');
    // Otherwise what has arrived would be kept until the client has closed the connection, too.
    largest.socket.terminate();
    this.#resize(largest, 0);
  }
}
