import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { promisify } from 'node:util';
import type { HttpServerFactory } from '../server/http/http-server.js';

/**
 * The HTTP servers of a worker, one for each address that it listens on: the gateway's, except that they can end connections
 * with their next answers. To close an idle connection could cut off a request that is on its way to it.
 */
export class HttpServers {
  readonly #servers: Server[] = [];
  /** How many answers are to end their connections. */
  #ending = 0;

  wrap(createServer: HttpServerFactory): HttpServerFactory {
    return (listener) => {
      const server = createServer((request, response) => {
        if (this.#endsNext()) response.setHeader('connection', 'close');
        listener(request, response);
      });
      this.#servers.push(server);
      return server;
    };
  }

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

  #endsNext(): boolean {
    if (this.#ending === 0) return false;
    this.#ending -= 1;
    return true;
  }
}
