import type { Config } from '../../config.js';
import { unusedConnectionsMs } from '../../server/wiring/closing.js';

/** How long a worker may take to start. */
export const READY_WITHIN_MS = 120_000;

/** A worker that has lived for this long has not died of its start. */
const STEADY_MS = 60_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/** So many failed starts in a row end the program, if no worker is ready. */
export const MAX_FAILED_STARTS = 3;

/** What a connection that has been unused for the keep-alive time takes to end. */
const KEEP_ALIVE_SPARE_MS = 1000;

/** What is left to do after everything has been waited for. */
const SPARE_MS = 5_000;

/** How many workers in a row have died in one place, now that one more has. */
export function deathsInARow(before: number, livedMs: number): number {
  return livedMs >= STEADY_MS ? 1 : before + 1;
}

/** The delay before a worker is replaced. It grows with each death in a row, so that no crash loop burns the CPU. */
export function respawnDelayMs(deaths: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (deaths - 1));
}

/** How long a worker that has been replaced waits for its connections to end. */
export function retireWithinMs({ keepAliveTimeoutMs, requestTimeoutMs }: Config): number {
  return keepAliveTimeoutMs + KEEP_ALIVE_SPARE_MS + requestTimeoutMs;
}

/** How long a gateway may take to close: it waits for requests in flight before it stops listening, and after. */
export function closeWithinMs(config: Config): number {
  return config.drainDelayMs + unusedConnectionsMs(config) + 2 * config.requestTimeoutMs + SPARE_MS;
}

/** How long a process may take to end by itself after an uncaught exception, its workers included. */
export function endWithinMs(config: Config): number {
  return closeWithinMs(config) + SPARE_MS;
}
