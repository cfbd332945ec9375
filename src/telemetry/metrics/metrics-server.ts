import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atMostEvery } from '../at-most-every.js';
import type { Logger } from '../logger.js';
import type { Exposition } from './metrics.js';

export interface MetricsServer {
  /** Without a path, e.g. `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A scrape is one request without a body, so that these are generous. */
const TIMEOUT_MS = 10_000;
/** A failure is logged at most so often, in milliseconds: it can recur with every scrape. */
const LOG_EVERY_MS = 60_000;

/**
 * Serves `/metrics` and nothing else, on a port that clients do not reach.
 *
 * @param logger receives why metrics cannot be read, at most once a minute
 * @throws Error if the port is taken
 */
export async function serveMetricsAlone(
  port: number,
  host: string,
  read: () => Promise<Exposition>,
  logger: Pick<Logger, 'error'>,
): Promise<MetricsServer> {
  const logFailure = atMostEvery(LOG_EVERY_MS, (err: unknown) => {
    logger.error({ err }, 'The metrics cannot be read.');
  });
  const server = createServer(
    { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS },
    (request, response) => {
      const path = request.url?.replace(/\?.*/s, '');
      if (path !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end();
        return;
      }
      read().then(
        ({ contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
        (error: unknown) => {
          logFailure(error);
          response.writeHead(500).end();
        },
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
