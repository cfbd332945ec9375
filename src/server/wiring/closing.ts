import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.js';
import { stopListening } from '../http/stop-listening.js';
import type { Http } from './http.js';
import type { Operations } from './operations.js';

/** How long a closing gateway waits for clients to read their last responses, in milliseconds. */
const FLUSH_MS = 1000;
/** How long requests can still arrive on open connections after the listener has closed, in milliseconds. */
const LAST_REQUESTS_MS = 200;
/** The longest time that a draining gateway waits for proxies to close unused connections, in milliseconds. */
const MAX_UNUSED_MS = 5000;

interface ClosingParts {
  readonly config: Pick<Config, 'drainDelayMs' | 'requestTimeoutMs'>;
  readonly http: Http;
  readonly operations: Operations;
  /** Closes the parts that operations need, after the last operation. */
  readonly closeRest: () => Promise<void>;
}

/** How long a gateway that has stopped listening waits for clients to close unused connections, in milliseconds. */
export function unusedConnectionsMs({ drainDelayMs }: Pick<Config, 'drainDelayMs'>): number {
  return Math.min(drainDelayMs, MAX_UNUSED_MS);
}

/** Ends all subscriptions and WebSockets, so that their clients connect to another process. */
export function endStreams({ http, operations }: Pick<ClosingParts, 'http' | 'operations'>): void {
  operations.subscriptions.close();
  http.webSockets.goAway();
}

/** Closes the HTTP side of a gateway that could not listen, so that it has no clients. Never rejects. */
export async function closeUnopened({
  http,
  operations,
}: Pick<ClosingParts, 'http' | 'operations'>): Promise<void> {
  const { app, connections, webSockets, streams } = http;
  operations.subscriptions.close();
  // Apollo Server may not have started, or a plugin may fail to stop.
  await Promise.allSettled([operations.apollo.stop()]);
  await Promise.allSettled([app.close()]);
  webSockets.close();
  streams.close();
  connections.close();
}

/**
 * Reports "not ready", continues for `drainDelayMs`, stops listening, answers requests that still arrive on open connections, and
 * closes.
 *
 * Connections stay open for as long as possible. Otherwise a proxy that does not check `/readyz` would open new ones, and the
 * kernel resets those that wait to be accepted when the gateway stops listening.
 *
 * @throws the error of a plugin that fails to stop, after everything has been closed
 */
export async function closeGateway(parts: ClosingParts): Promise<void> {
  const { config, http, operations, closeRest } = parts;
  const { app, connections, webSockets, streams } = http;
  http.announceNotReady();
  if (config.drainDelayMs > 0) await sleep(config.drainDelayMs);
  endStreams(parts);
  http.announceLastResponses();
  // The gateway listens until these are answered, so that health checks get "not ready" rather than no connection.
  await Promise.all([
    connections.answered(config.requestTimeoutMs),
    webSockets.closed(config.requestTimeoutMs, FLUSH_MS),
  ]);
  await stopListening(app.server);
  await connections.closed(unusedConnectionsMs(config));
  // A plugin that fails must not keep the rest from being closed.
  const stopped = Promise.allSettled([operations.apollo.stop()]);
  await Promise.race([stopped, sleep(LAST_REQUESTS_MS, undefined, { ref: false })]);
  await connections.answered(config.requestTimeoutMs);
  await connections.flushed(FLUSH_MS);
  app.server.closeAllConnections();
  webSockets.close();
  streams.close();
  const [result] = await stopped;
  await app.close();
  connections.close();
  await closeRest();
  if (result.status === 'rejected') throw result.reason;
}
