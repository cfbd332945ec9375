import type { ServerResponse } from 'node:http';
import type { OperationStream } from '../../operations/response/operation-stream.js';
import type { StreamFraming } from './framing.js';

export interface HttpStreamsOptions {
  /** How long a client may take to read, in milliseconds. */
  readonly readTimeoutMs: number;
  /** How often clients get a heartbeat, in milliseconds. */
  readonly heartbeatMs: number;
}

interface OpenStream {
  readonly response: ServerResponse;
  readonly framing: StreamFraming;
}

/** Writes streams of results to HTTP responses. */
export class HttpStreams {
  readonly #readTimeoutMs: number;
  readonly #open = new Set<OpenStream>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ readTimeoutMs, heartbeatMs }: HttpStreamsOptions) {
    this.#readTimeoutMs = readTimeoutMs;
    this.#heartbeat = setInterval(() => {
      for (const { response, framing } of this.#open) {
        // Unread data keeps the connection open as well.
        if (!response.writableNeedDrain) response.write(framing.heartbeat);
      }
    }, heartbeatMs).unref();
  }

  /** Writes a stream until it ends or the client goes away. Never rejects. */
  async send(
    response: ServerResponse,
    headers: NodeJS.Dict<number | string | string[]>,
    framing: StreamFraming,
    stream: OperationStream,
  ): Promise<void> {
    response.once('close', () => {
      stream.close();
    });
    if (response.destroyed) {
      stream.close();
      return;
    }
    // Otherwise nginx would buffer parts.
    response.writeHead(200, { ...headers, 'content-type': framing.contentType, 'x-accel-buffering': 'no' });
    response.write(framing.start);
    const open = { response, framing };
    this.#open.add(open);
    await this.#deliver(response, framing, stream);
    this.#open.delete(open);
    response.end();
  }

  close(): void {
    clearInterval(this.#heartbeat);
  }

  async #deliver(response: ServerResponse, framing: StreamFraming, stream: OperationStream): Promise<void> {
    for (;;) {
      const delivery = await stream.pull();
      if (response.destroyed) return;
      const isRead = response.write(framing.frame(delivery));
      if (delivery.kind !== 'result') return;
      if (!isRead) await this.#drained(response);
    }
  }

  /** Waits until the client has read what was written. A client that takes too long is disconnected. */
  async #drained(response: ServerResponse): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        response.destroy();
      }, this.#readTimeoutMs);
      const end = () => {
        clearTimeout(timer);
        response.off('drain', end).off('close', end);
        resolve();
      };
      response.on('drain', end).on('close', end);
    });
  }
}
