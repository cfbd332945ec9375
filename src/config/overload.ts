import { wholeNumber } from './whole-number.js';

export interface OverloadConfig {
  /** `MAX_REQUESTS_IN_FLIGHT` (1000): GraphQL requests in flight per process; further ones are rejected. */
  readonly maxRequestsInFlight: number;
  /**
   * `OVERLOAD_WAIT_MS` (500): how long the first waiting request may have waited for its turn; requests that arrive while it has
   * waited for longer are rejected. 0 turns this check off.
   */
  readonly waitMs: number;
}

/** The validators of the variables of an overload. */
export const overloadVariables = {
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(1, 1_000_000)({ default: 1000 }),
  OVERLOAD_WAIT_MS: wholeNumber(0, 600_000)({ default: 500 }),
};

type OverloadEnvironment = Readonly<Record<keyof typeof overloadVariables, number>>;

export function overloadConfig(env: OverloadEnvironment): OverloadConfig {
  return { maxRequestsInFlight: env.MAX_REQUESTS_IN_FLIGHT, waitMs: env.OVERLOAD_WAIT_MS };
}
