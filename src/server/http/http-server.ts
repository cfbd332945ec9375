import { Server, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { PlainExchange } from './plain/connection.js';
import { Connections } from './plain/connections.js';

/** What a server does with requests. */
export interface RequestHandlers {
  /** Gets plain requests, which have been read past Node.js' own server. */
  readonly plain: (exchange: PlainExchange) => void;
  /** Gets all others. */
  readonly others: RequestListener;
}

/** Times of an HTTP server in milliseconds, as Fastify hands them to who makes its server. */
export interface HttpServerTimes {
  readonly keepAliveTimeout?: unknown;
  readonly requestTimeout?: unknown;
}

export type HttpServerFactory = (handlers: RequestHandlers, times: HttpServerTimes) => Server;

/** An HTTP server as Fastify would make it for itself, but for plain requests, which never come to it. */
export function createHttpServer(
  handlers: RequestHandlers,
  { keepAliveTimeout, requestTimeout }: HttpServerTimes,
): Server {
  const server = new HttpServer(handlers);
  server.keepAliveTimeout = Number(keepAliveTimeout);
  server.requestTimeout = Number(requestTimeout);
  return server;
}

/**
 * Node.js' own server, with a reader of plain requests before it. Half of what a small operation costs in `node:http` is
 * for what plain requests do not have: streams of bodies, trailers, upgrades. A connection that brings anything else is
 * Node.js' own from then on, with all its limits and timeouts.
 */
class HttpServer extends Server {
  readonly #plain: Connections;

  constructor({ plain, others }: RequestHandlers) {
    super(others);
    const own = this.listeners('connection');
    this.#plain = new Connections({
      keepAliveSeconds: () => Math.floor(this.keepAliveTimeout / 1000),
      serve: plain,
      handOver: (socket) => {
        for (const listener of own) Reflect.apply(listener, this, [socket]);
      },
    });
    this.removeAllListeners('connection').on('connection', (socket: Socket) => {
      this.#plain.add(socket);
    });
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    this.#plain.closeIdle();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    this.#plain.closeAll();
  }
}
