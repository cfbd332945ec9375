import { wholeNumber } from './whole-number.js';

export interface OverloadConfig {
  /** `MAX_REQUESTS_IN_FLIGHT` (512): GraphQL requests in flight per process; further ones are rejected. */
  readonly maxRequestsInFlight: number;
  /**
   * `OVERLOAD_WAIT_MS` (500): how long a request may wait for its turn; then it is rejected. 0 for no limit.
   */
  readonly waitMs: number;
}

/** The validators of the variables of an overload. */
export const overloadVariables = {
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(1, 1_000_000)({ default: 512 }),
  OVERLOAD_WAIT_MS: wholeNumber(0, 600_000)({ default: 500 }),
};

type OverloadEnvironment = Readonly<Record<keyof typeof overloadVariables, number>>;

export function overloadConfig(env: OverloadEnvironment): OverloadConfig {
  return { maxRequestsInFlight: env.MAX_REQUESTS_IN_FLIGHT, waitMs: env.OVERLOAD_WAIT_MS };
}
