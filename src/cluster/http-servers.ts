import { once } from 'node:events';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyServerFactory } from 'fastify';
import { createHttpServer } from '../server/http-server.js';

/**
 * The HTTP servers of a worker, one for each address that it listens on: Fastify's, except that they can end connections
 * with their next answers. To close an idle connection could cut off a request that is on its way to it.
 */
export class HttpServers {
  readonly #servers: Server[] = [];
  /** How many answers are to end their connections. */
  #ending = 0;

  readonly factory: FastifyServerFactory = (handler, times) => {
    const listener: RequestListener = (request, response) => {
      this.#end(response);
      handler(request, response);
    };
    const server = createHttpServer(listener, times);
    this.#servers.push(server);
    return server;
  };

  /** How many connections are open. */
  async count(): Promise<number> {
    const counts = await Promise.all(
      this.#servers.map((server) => promisify(server.getConnections.bind(server))()),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Lets the next answers end their connections, so many of them. */
  shed(connections: number): void {
    this.#ending = connections;
  }

  /** Stops listening, and waits until all connections have ended: each with its next answer, or unused in its time. */
  async retire(): Promise<void> {
    this.#ending = Infinity;
    const closed = this.#servers.map((server) => once(server, 'close'));
    // An HTTP server's own `close` ends idle connections.
    for (const server of this.#servers) NetServer.prototype.close.call(server);
    await Promise.all(closed);
  }

  #end(response: ServerResponse): void {
    if (this.#ending === 0) return;
    this.#ending -= 1;
    response.setHeader('connection', 'close');
  }
}
