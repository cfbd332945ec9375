import type { Config } from '../../config.js';
import { unusedConnectionsMs } from '../../server/wiring/closing.js';

/** How long a worker may take to start. */
export const READY_WITHIN_MS = 120_000;

/** If a worker lives for this long, its start is not the reason for its death. */
const STEADY_MS = 60_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/** The number of failed starts in a row that ends the program if no worker is ready. */
export const MAX_FAILED_STARTS = 3;

/** How long a connection takes to close once its keep-alive time is over. */
const KEEP_ALIVE_SPARE_MS = 1000;

/** Margin for closing what remains after all waits. */
const SPARE_MS = 5_000;

/** The number of workers that have died in a row, after one more death. */
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

/** How long a process may take to exit after an uncaught exception, including its workers. */
export function endWithinMs(config: Config): number {
  return closeWithinMs(config) + SPARE_MS;
}
