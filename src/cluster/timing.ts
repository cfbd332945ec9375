import type { Config } from '../config.js';

/** How long a worker may take until it serves. */
export const READY_WITHIN_MS = 120_000;

/** A worker that lived this long has not died of its start. */
const STEADY_MS = 60_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;

/** So many workers in a row that never got ready are reason enough to end, where none is ready. */
export const MOST_FAILED_STARTS = 3;

/** Node's `keepAliveTimeout` as Fastify sets it, and a second to spare: clients are told to use no connection that long. */
const KEEP_ALIVE_MS = 73_000;

/** How often a worker says how many connections it has, and how often something follows from it. */
export const COUNT_EVERY_MS = 500;
export const BALANCE_EVERY_MS = 1000;

/** What is left to do when everything has been waited for. */
const SPARE_MS = 5_000;

/** How many workers in a row have died in one place, now that one more has. */
export function deathsInARow(before: number, livedMs: number): number {
  return livedMs >= STEADY_MS ? 1 : before + 1;
}

/** How long to wait before a worker is replaced: longer with each that died before it, so that no crash loop burns the CPU. */
export function respawnDelayMs(deaths: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (deaths - 1));
}

/**
 * How long a worker that has been replaced waits for its connections to end. Each ends with its next answer, or unused
 * when its time is over; none is cut under a client that may just be sending.
 */
export function retireWithinMs({ requestTimeoutMs }: Config): number {
  return KEEP_ALIVE_MS + requestTimeoutMs;
}

/** How long a worker that was told to close may take: it waits for requests under way before it stops taking, and after. */
export function closeWithinMs({ drainDelayMs, requestTimeoutMs }: Config): number {
  return drainDelayMs + 2 * requestTimeoutMs + SPARE_MS;
}

/** How long a process may take to end by itself after an exception that nothing caught, its workers included. */
export function endWithinMs(config: Config): number {
  return closeWithinMs(config) + SPARE_MS;
}
