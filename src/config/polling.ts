import { requireOrder } from './environment.js';
import { wholeNumber } from './whole-number.js';

/** How often what is subscribed is read again. Times are in milliseconds. */
export interface PollingConfig {
  /** `POLL_MIN_MS` (1000): the delay before the next read after a change. Without changes it grows to {@link maxMs}. */
  readonly minMs: number;
  /** `POLL_MAX_MS` (8000): the longest delay between two reads. */
  readonly maxMs: number;
  /** `POLL_LEASE_MS` (5000): how long another process waits before it polls in place of one that has died. */
  readonly leaseMs: number;
  /**
   * `POLL_LIST_CALLS_PER_MINUTE` (300): the most reads of list pages per minute for the subscriptions of one credential to
   * `targetGroupUpdated`. A page has 100 target groups.
   */
  readonly listCallsPerMinute: number;
}

export const pollingVariables = {
  POLL_MIN_MS: wholeNumber(10, 600_000)({ default: 1000 }),
  POLL_MAX_MS: wholeNumber(10, 600_000)({ default: 8000 }),
  POLL_LEASE_MS: wholeNumber(100, 600_000)({ default: 5000 }),
  POLL_LIST_CALLS_PER_MINUTE: wholeNumber(1, 1_000_000)({ default: 300 }),
};

type PollingEnvironment = { readonly [Name in keyof typeof pollingVariables]: number };

/** @throws {ConfigError} if the shortest delay is above the longest */
export function pollingConfig(env: PollingEnvironment): PollingConfig {
  requireOrder(env, 'POLL_MIN_MS', 'POLL_MAX_MS');
  return {
    minMs: env.POLL_MIN_MS,
    maxMs: env.POLL_MAX_MS,
    leaseMs: env.POLL_LEASE_MS,
    listCallsPerMinute: env.POLL_LIST_CALLS_PER_MINUTE,
  };
}
