import { makeExactValidator, str } from 'envalid';
import { proxyFor, type Proxies, type ProxyConfig } from './proxies.js';
import { requireOrder } from './environment.js';
import { wholeNumber } from './whole-number.js';

export interface DemandApiConfig {
  /** `DEMAND_API_URL`: base URL with its path and no trailing slash; undefined to use the built-in emulator. */
  readonly url: string | undefined;
  /** `DEMAND_API_VERSION` (2025-12-18): sent as `Cint-API-Version`. */
  readonly version: string;
  /** `DEMAND_API_TIMEOUT_MS` (5000): time limit of one attempt, up to the last byte of the response. */
  readonly timeoutMs: number;
  /** `DEMAND_API_IF_MATCH` (weak): the form of `If-Match`, `W/"5"` or `"5"`. */
  readonly ifMatch: 'weak' | 'strong';
  /** `DEMAND_API_CONCURRENCY` (64): upstream requests in flight per process. */
  readonly concurrency: number;
  /**
   * `DEMAND_API_TRANSPORT` (http1): the HTTP client for reads. `http1` is the client of `src/lib/http1`, `undici` and
   * `node-fetch` are the libraries. Changes always use node-fetch.
   */
  readonly transport: 'http1' | 'undici' | 'node-fetch';
  /**
   * `HTTPS_PROXY` for an HTTPS API, `HTTP_PROXY` for an HTTP one (none): the proxy to connect through, unless
   * `NO_PROXY` exempts the host. Lowercase names take precedence. With a proxy, all requests use node-fetch.
   */
  readonly proxy: ProxyConfig | undefined;
  readonly retry: RetryConfig;
  readonly breaker: BreakerConfig;
}

interface RetryConfig {
  /** `DEMAND_API_MAX_ATTEMPTS` (4): attempts per call, including the first; 1 disables retries. */
  readonly maxAttempts: number;
  /** `DEMAND_API_RETRY_BASE_MS` (100): longest delay before the second attempt; it doubles with each attempt. */
  readonly baseDelayMs: number;
  /** `DEMAND_API_RETRY_MAX_MS` (2000): upper bound of every delay. */
  readonly maxDelayMs: number;
  /** `DEMAND_API_RETRY_BUDGET_PERCENT` (20): retries per call made in the last 10 seconds, as a fraction of 1. */
  readonly budgetShare: number;
  /** `DEMAND_API_RETRY_BUDGET_FLOOR` (10): retries per 10 seconds that are always allowed. */
  readonly budgetFloor: number;
}

interface BreakerConfig {
  /** `DEMAND_API_BREAKER_MIN_CALLS` (20): calls within the window below which the breaker stays closed. */
  readonly minCalls: number;
  /** `DEMAND_API_BREAKER_FAILURE_PERCENT` (50): failed calls above which the breaker opens, as a fraction of 1. */
  readonly failureShare: number;
  /** `DEMAND_API_BREAKER_WINDOW_MS` (10000): the sliding window over which calls are counted. */
  readonly windowMs: number;
  /** `DEMAND_API_BREAKER_PROBE_MS` (1000): how long the breaker stays open before it lets a probe through. */
  readonly probeAfterMs: number;
}

const isoDate = makeExactValidator<string>((input) => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(input) && !Number.isNaN(Date.parse(input))) return input;
  throw new Error('must be a date like 2025-12-18');
});

const baseUrl = makeExactValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http or https URL with its path, like https://api.cint.com/v1');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Error('must not have a user, password, query or fragment');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
});

/** The validators of the `DEMAND_API_` variables. */
export const demandApiVariables = {
  DEMAND_API_URL: baseUrl({ default: undefined }),
  DEMAND_API_VERSION: isoDate({ default: '2025-12-18' }),
  DEMAND_API_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 5000 }),
  DEMAND_API_IF_MATCH: str({ choices: ['weak', 'strong'] as const, default: 'weak' }),
  DEMAND_API_CONCURRENCY: wholeNumber(1, 10_000)({ default: 64 }),
  DEMAND_API_TRANSPORT: str({
    choices: ['http1', 'undici', 'node-fetch'] as const,
    default: 'http1',
  }),
  DEMAND_API_MAX_ATTEMPTS: wholeNumber(1, 20)({ default: 4 }),
  DEMAND_API_RETRY_BASE_MS: wholeNumber(0, 60_000)({ default: 100 }),
  DEMAND_API_RETRY_MAX_MS: wholeNumber(0, 600_000)({ default: 2000 }),
  DEMAND_API_RETRY_BUDGET_PERCENT: wholeNumber(0, 100)({ default: 20 }),
  DEMAND_API_RETRY_BUDGET_FLOOR: wholeNumber(0, 1_000_000)({ default: 10 }),
  DEMAND_API_BREAKER_MIN_CALLS: wholeNumber(1, 1_000_000)({ default: 20 }),
  DEMAND_API_BREAKER_FAILURE_PERCENT: wholeNumber(1, 100)({ default: 50 }),
  DEMAND_API_BREAKER_WINDOW_MS: wholeNumber(100, 600_000)({ default: 10_000 }),
  DEMAND_API_BREAKER_PROBE_MS: wholeNumber(1, 600_000)({ default: 1000 }),
};

interface DemandApiEnvironment extends Readonly<Record<NumberVariable, number>> {
  readonly DEMAND_API_URL: string | undefined;
  readonly DEMAND_API_VERSION: string;
  readonly DEMAND_API_IF_MATCH: DemandApiConfig['ifMatch'];
  readonly DEMAND_API_TRANSPORT: DemandApiConfig['transport'];
}

type NumberVariable = Exclude<
  keyof typeof demandApiVariables,
  'DEMAND_API_URL' | 'DEMAND_API_VERSION' | 'DEMAND_API_IF_MATCH' | 'DEMAND_API_TRANSPORT'
>;

/** @throws {ConfigError} if the first delay between attempts is above the longest */
export function demandApiConfig(env: DemandApiEnvironment, proxies: Proxies): DemandApiConfig {
  requireOrder(env, 'DEMAND_API_RETRY_BASE_MS', 'DEMAND_API_RETRY_MAX_MS');
  return {
    url: env.DEMAND_API_URL,
    version: env.DEMAND_API_VERSION,
    timeoutMs: env.DEMAND_API_TIMEOUT_MS,
    ifMatch: env.DEMAND_API_IF_MATCH,
    concurrency: env.DEMAND_API_CONCURRENCY,
    transport: env.DEMAND_API_TRANSPORT,
    proxy: proxyFor(env.DEMAND_API_URL, proxies),
    retry: {
      maxAttempts: env.DEMAND_API_MAX_ATTEMPTS,
      baseDelayMs: env.DEMAND_API_RETRY_BASE_MS,
      maxDelayMs: env.DEMAND_API_RETRY_MAX_MS,
      budgetShare: env.DEMAND_API_RETRY_BUDGET_PERCENT / 100,
      budgetFloor: env.DEMAND_API_RETRY_BUDGET_FLOOR,
    },
    breaker: {
      minCalls: env.DEMAND_API_BREAKER_MIN_CALLS,
      failureShare: env.DEMAND_API_BREAKER_FAILURE_PERCENT / 100,
      windowMs: env.DEMAND_API_BREAKER_WINDOW_MS,
      probeAfterMs: env.DEMAND_API_BREAKER_PROBE_MS,
    },
  };
}
