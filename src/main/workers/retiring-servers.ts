import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { HttpServerFactory } from '../../server/http/http-server.js';

/**
 * The HTTP servers of a worker, one for each address. A client may send a request just when its idle connection is closed, so a
 * retiring server closes each connection with its next response instead.
 */
export class RetiringServers {
  readonly #servers: Server[] = [];
  #isRetiring = false;

  wrap(createServer: HttpServerFactory): HttpServerFactory {
    return (listener) => {
      const server = createServer((request, response) => {
        if (this.#isRetiring) response.setHeader('connection', 'close');
        listener(request, response);
      });
      this.#servers.push(server);
      return server;
    };
  }

  /** Stops listening, and waits until all connections have ended. */
  async retire(): Promise<void> {
    this.#isRetiring = true;
    const closed = this.#servers.map((server) => once(server, 'close'));
    // `close` of an HTTP server ends idle connections.
    for (const server of this.#servers) NetServer.prototype.close.call(server);
    await Promise.all(closed);
  }
}
