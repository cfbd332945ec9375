import { ConfigError } from './config-error.js';
import { wholeNumber } from './whole-number.js';

/** How much callers may ask for in a minute. Costs are those of demand control. 0 for no limit. */
export interface RateLimitsConfig {
  /** `RATE_LIMIT_COST_PER_MINUTE` (0): the cost of the operations of one principal. */
  readonly costPerMinute: number;
  /**
   * `RATE_LIMIT_ADDRESS_COST_PER_MINUTE` (ten times the limit of a principal): the cost of the operations from one address. Only
   * with `AUTH_MODE=forward`, where clients can invent tokens; else 0.
   */
  readonly addressCostPerMinute: number;
  /**
   * `RATE_LIMIT_AUTH_FAILURES_PER_MINUTE` (0): how many invalid tokens an address may send; after that, all of its requests get a
   * 429. Only with `AUTH_MODE=service`; else 0.
   */
  readonly authFailuresPerMinute: number;
  /** Whether the environment says anything about rate limits. */
  readonly isChosen: boolean;
}

const ADDRESS_FACTOR = 10;
const MAX = 999_999_999;

/** The validators of the variables, for envalid. */
export const rateLimitsVariables = {
  RATE_LIMIT_COST_PER_MINUTE: wholeNumber(0, MAX)({ default: undefined }),
  RATE_LIMIT_ADDRESS_COST_PER_MINUTE: wholeNumber(0, MAX)({ default: undefined }),
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: wholeNumber(0, MAX)({ default: undefined }),
};

interface RateLimitsEnvironment {
  readonly AUTH_MODE: 'forward' | 'service';
  readonly RATE_LIMIT_COST_PER_MINUTE: number | undefined;
  readonly RATE_LIMIT_ADDRESS_COST_PER_MINUTE: number | undefined;
  readonly RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: number | undefined;
}

/** @throws {ConfigError} if a limit is set that would be ignored */
export function rateLimitsConfig({
  AUTH_MODE: authMode,
  RATE_LIMIT_COST_PER_MINUTE: cost,
  RATE_LIMIT_ADDRESS_COST_PER_MINUTE: addressCost,
  RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: authFailures,
}: RateLimitsEnvironment): RateLimitsConfig {
  if (authMode === 'service' && addressCost !== undefined) {
    throw new ConfigError(
      'AUTH_MODE must be `forward` for RATE_LIMIT_ADDRESS_COST_PER_MINUTE to have an effect: with `service`, principals are known',
    );
  }
  if (authMode === 'forward' && authFailures !== undefined) {
    throw new ConfigError(
      'AUTH_MODE must be `service` for RATE_LIMIT_AUTH_FAILURES_PER_MINUTE to have an effect: with `forward`, the Demand API verifies tokens',
    );
  }
  const costPerMinute = cost ?? 0;
  const addressDefault = Math.min(MAX, costPerMinute * ADDRESS_FACTOR);
  return {
    costPerMinute,
    addressCostPerMinute: authMode === 'forward' ? (addressCost ?? addressDefault) : 0,
    authFailuresPerMinute: authFailures ?? 0,
    isChosen: cost !== undefined,
  };
}
