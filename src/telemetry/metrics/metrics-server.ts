import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exposition } from './metrics.js';

export interface MetricsServer {
  /** Without a path, e.g. `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A scrape is one request without a body, so that these are generous. */
const TIMEOUT_MS = 10_000;

/**
 * Serves `/metrics` and nothing else, on a port that clients do not reach.
 *
 * @throws Error if the port is taken
 */
export async function serveMetricsAlone(
  port: number,
  host: string,
  read: () => Promise<Exposition>,
): Promise<MetricsServer> {
  const server = createServer(
    { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS },
    (request, response) => {
      const path = request.url?.replace(/\?.*/s, '');
      if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.writeHead(404).end();
        return;
      }
      read().then(
        ({ contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
        () => response.writeHead(500).end(),
      );
    },
  ).listen({ port, host });
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
