import { once } from 'node:events';
import { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FastifyServerFactory } from 'fastify';

export interface HandedServerOptions {
  /** Where its connections come in, in another process. */
  readonly address: AddressInfo;
  /** Called for each connection that has ended. */
  readonly onLeft: () => void;
  /** Called when it is closed: it is to be handed no more connections. */
  readonly onFull: () => void;
}

/** An HTTP server without a port: it serves the connections that it is handed. */
export class HandedServer extends Server {
  readonly #options: HandedServerOptions;
  readonly #connections = new Set<Socket>();

  constructor(options: HandedServerOptions) {
    super();
    this.#options = options;
  }

  /** Has Fastify answer its requests, with the times that it would set for a server of its own. */
  readonly factory: FastifyServerFactory = (handler, { keepAliveTimeout, requestTimeout }) => {
    this.keepAliveTimeout = Number(keepAliveTimeout);
    this.requestTimeout = Number(requestTimeout);
    return this.on('request', handler);
  };

  take(socket: Socket): void {
    // As for connections that an HTTP server accepts by itself.
    socket.allowHalfOpen = true;
    this.#connections.add(socket);
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.#options.onLeft();
      if (this.#connections.size === 0) this.emit('empty');
    });
    this.emit('connection', socket);
  }

  /**
   * Ends each connection with its next answer, or when its keep-alive time is over, and waits until none is left. To close
   * an idle connection could cut off a request that is on its way.
   */
  async retire(): Promise<void> {
    this.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
    await this.#empty();
  }

  /** Tells where the port is. */
  override address(): AddressInfo {
    return this.#options.address;
  }

  /** There is nothing to open, but what else a server does when it listens is wanted: it watches over its connections. */
  override listen(): this {
    process.nextTick(() => this.emit('listening'));
    return this;
  }

  /** As that of a server with a port: ends idle connections, and calls back when all have ended. */
  override close(callback?: (error?: Error) => void): this {
    this.#options.onFull();
    super.close();
    void this.#empty().then(() => callback?.());
    return this;
  }

  async #empty(): Promise<void> {
    if (this.#connections.size > 0) await once(this, 'empty');
  }
}
