import { cleanEnv, makeExactValidator, str, EnvMissingError } from 'envalid';
import { isExempt } from './config/no-proxy.js';

/** The gateway's settings, read from the environment once. Times are in milliseconds. */
export interface Config {
  /** Where the gateway listens. `PORT` (4000; 0 takes any free port) and `HOST` (127.0.0.1). */
  readonly port: number;
  readonly host: string;
  /** `WORKERS` (1): how many processes answer. From 2 on, one more listens for them and keeps what they share. */
  readonly workers: number;
  /** `NODE_ENV=production`: introspection, explorers and field suggestions are off, unexpected errors masked. */
  readonly production: boolean;
  /** `LOG_LEVEL` (info): `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly logLevel: LogLevel;
  /** `AUTH_MODE` (forward): the caller's `Authorization` goes upstream. */
  readonly authMode: 'forward';
  /** `REQUEST_TIMEOUT_MS` (15000): a whole GraphQL request. */
  readonly requestTimeoutMs: number;
  /** `CLIENT_TIMEOUT_MS` (10000): how long a client may take to send a request (408), and to read its response. */
  readonly clientTimeoutMs: number;
  /**
   * `DRAIN_DELAY_MS` (0): how long it still takes requests after it has said "not ready", before it stops listening. Behind
   * a load balancer, longer than that takes to notice: its interval of checks, times the checks that must fail.
   */
  readonly drainDelayMs: number;
  /**
   * `GRAPHQL_EXECUTION` (planned): what executes operations. `planned` is an executor of ours that plans each document
   * once; `graphql-js` is the reference implementation. Their answers are the same.
   */
  readonly graphqlExecution: 'planned' | 'graphql-js';
  /**
   * `MAX_DEPTH` (50, 200 at most): levels of fields in an operation, those of the fragments that it spreads included. What
   * is deeper is refused before it is parsed.
   */
  readonly maxDepth: number;
  readonly overload: OverloadConfig;
  readonly demandApi: DemandApiConfig;
  readonly emulator: EmulatorConfig;
}

export interface OverloadConfig {
  /** `MAX_REQUESTS_IN_FLIGHT` (1000): GraphQL requests in flight for one process; more are refused. */
  readonly maxRequestsInFlight: number;
  /**
   * `OVERLOAD_WAIT_MS` (500): how long a request may be expected to take while the processor is busy without a pause; what
   * would take longer is refused. 0 refuses nothing for that reason.
   */
  readonly waitMs: number;
}

export interface DemandApiConfig {
  /** `DEMAND_API_URL`: the REST base with its path and no trailing slash; undefined where the emulator stands in. */
  readonly url: string | undefined;
  /** `DEMAND_API_VERSION` (2025-12-18): sent as `Cint-API-Version`. */
  readonly version: string;
  /** `DEMAND_API_TIMEOUT_MS` (5000): one attempt, from sending it to the last byte of its answer. */
  readonly timeoutMs: number;
  /** `DEMAND_API_IF_MATCH` (weak): the form of `If-Match`, `W/"5"` or `"5"`. */
  readonly ifMatch: 'weak' | 'strong';
  /** `DEMAND_API_CONCURRENCY` (64): upstream requests in flight for one process. */
  readonly concurrency: number;
  /**
   * `DEMAND_API_TRANSPORT` (http1): what carries reads. `http1` is a lean client of ours, `undici` and `node-fetch` are
   * the libraries. Changes are always on node-fetch.
   */
  readonly transport: 'http1' | 'undici' | 'node-fetch';
  /**
   * `HTTPS_PROXY` for an API on HTTPS, `HTTP_PROXY` for one on HTTP (none): where connections to it lead, unless `NO_PROXY`
   * names its host. The names in small letters come first. Everything is on node-fetch then.
   */
  readonly proxy: ProxyConfig | undefined;
  readonly retry: RetryConfig;
  readonly breaker: BreakerConfig;
}

export interface ProxyConfig {
  /** Without user and password, e.g. `http://proxy.example:3128`. */
  readonly url: string;
  /** `Proxy-Authorization`, where the URL has a user or a password. A secret. */
  readonly authorization: string | undefined;
}

export interface RetryConfig {
  /** `DEMAND_API_MAX_ATTEMPTS` (4): of one call, the first included; 1 for no retries. */
  readonly maxAttempts: number;
  /** `DEMAND_API_RETRY_BASE_MS` (100): the longest wait before the second attempt; it doubles with each. */
  readonly baseDelayMs: number;
  /** `DEMAND_API_RETRY_MAX_MS` (2000): where doubling stops. */
  readonly maxDelayMs: number;
  /** `DEMAND_API_RETRY_BUDGET_PERCENT` (20): the most retries, of the calls of the last 10 seconds; as a share of 1. */
  readonly budgetShare: number;
  /** `DEMAND_API_RETRY_BUDGET_FLOOR` (10): retries within 10 seconds that are always allowed. */
  readonly budgetFloor: number;
}

export interface BreakerConfig {
  /** `DEMAND_API_BREAKER_MIN_CALLS` (20): it does not open below so many calls within the window. */
  readonly minCalls: number;
  /** `DEMAND_API_BREAKER_FAILURE_PERCENT` (50): it opens when more of the window's calls failed; as a share of 1. */
  readonly failureShare: number;
  /** `DEMAND_API_BREAKER_WINDOW_MS` (10000): what counts as the present. */
  readonly windowMs: number;
  /** `DEMAND_API_BREAKER_PROBE_MS` (1000): how long it stays open before it lets a probe through. */
  readonly probeAfterMs: number;
}

export interface EmulatorConfig {
  /** `EMULATOR_PORT` (4010; 0 takes any free port). */
  readonly port: number;
  /** `EMULATOR_DATA` (.data/demand.sqlite): its SQLite file, `:memory:` for none. */
  readonly data: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment holds something unusable. `message` is one line for each variable, and names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment.
 *
 * @throws {ConfigError} where a variable is unusable
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = cleanEnv(
    withoutBlanks(environment),
    {
      PORT: wholeNumber(0, 65_535)({ default: 4000 }),
      HOST: str({ default: '127.0.0.1' }),
      WORKERS: wholeNumber(1, 64)({ default: 1 }),
      NODE_ENV: str({ default: 'development' }),
      LOG_LEVEL: str({ choices: LOG_LEVELS, default: 'info' }),
      AUTH_MODE: str({ choices: ['forward'] as const, default: 'forward' }),
      REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 15_000 }),
      CLIENT_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 10_000 }),
      DRAIN_DELAY_MS: wholeNumber(0, 600_000)({ default: 0 }),
      GRAPHQL_EXECUTION: str({ choices: ['planned', 'graphql-js'] as const, default: 'planned' }),
      MAX_DEPTH: wholeNumber(1, 200)({ default: 50 }),
      MAX_REQUESTS_IN_FLIGHT: wholeNumber(1, 1_000_000)({ default: 1000 }),
      OVERLOAD_WAIT_MS: wholeNumber(0, 600_000)({ default: 500 }),
      DEMAND_API_URL: baseUrl({ default: undefined }),
      DEMAND_API_VERSION: isoDate({ default: '2025-12-18' }),
      DEMAND_API_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 5000 }),
      DEMAND_API_IF_MATCH: str({ choices: ['weak', 'strong'] as const, default: 'weak' }),
      DEMAND_API_CONCURRENCY: wholeNumber(1, 10_000)({ default: 64 }),
      DEMAND_API_TRANSPORT: str({
        choices: ['http1', 'undici', 'node-fetch'] as const,
        default: 'http1',
      }),
      HTTP_PROXY: proxyUrl({ default: undefined }),
      http_proxy: proxyUrl({ default: undefined }),
      HTTPS_PROXY: proxyUrl({ default: undefined }),
      https_proxy: proxyUrl({ default: undefined }),
      NO_PROXY: str({ default: '' }),
      no_proxy: str({ default: undefined }),
      DEMAND_API_MAX_ATTEMPTS: wholeNumber(1, 20)({ default: 4 }),
      DEMAND_API_RETRY_BASE_MS: wholeNumber(0, 60_000)({ default: 100 }),
      DEMAND_API_RETRY_MAX_MS: wholeNumber(0, 600_000)({ default: 2000 }),
      DEMAND_API_RETRY_BUDGET_PERCENT: wholeNumber(0, 100)({ default: 20 }),
      DEMAND_API_RETRY_BUDGET_FLOOR: wholeNumber(0, 1_000_000)({ default: 10 }),
      DEMAND_API_BREAKER_MIN_CALLS: wholeNumber(1, 1_000_000)({ default: 20 }),
      DEMAND_API_BREAKER_FAILURE_PERCENT: wholeNumber(1, 100)({ default: 50 }),
      DEMAND_API_BREAKER_WINDOW_MS: wholeNumber(100, 600_000)({ default: 10_000 }),
      DEMAND_API_BREAKER_PROBE_MS: wholeNumber(1, 600_000)({ default: 1000 }),
      EMULATOR_PORT: wholeNumber(0, 65_535)({ default: 4010 }),
      EMULATOR_DATA: str({ default: '.data/demand.sqlite' }),
    },
    { reporter: refuse },
  );
  return {
    port: env.PORT,
    host: env.HOST,
    workers: env.WORKERS,
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    authMode: env.AUTH_MODE,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    clientTimeoutMs: env.CLIENT_TIMEOUT_MS,
    drainDelayMs: env.DRAIN_DELAY_MS,
    graphqlExecution: env.GRAPHQL_EXECUTION,
    maxDepth: env.MAX_DEPTH,
    overload: { maxRequestsInFlight: env.MAX_REQUESTS_IN_FLIGHT, waitMs: env.OVERLOAD_WAIT_MS },
    demandApi: {
      url: env.DEMAND_API_URL,
      version: env.DEMAND_API_VERSION,
      timeoutMs: env.DEMAND_API_TIMEOUT_MS,
      ifMatch: env.DEMAND_API_IF_MATCH,
      concurrency: env.DEMAND_API_CONCURRENCY,
      transport: env.DEMAND_API_TRANSPORT,
      proxy: proxyFor(env.DEMAND_API_URL, {
        http: env.http_proxy ?? env.HTTP_PROXY,
        https: env.https_proxy ?? env.HTTPS_PROXY,
        none: env.no_proxy ?? env.NO_PROXY,
      }),
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
    },
    emulator: { port: env.EMULATOR_PORT, data: env.EMULATOR_DATA },
  };
}

function wholeNumber(min: number, max: number) {
  return makeExactValidator<number>((input) => {
    const value = /^\d{1,9}$/.test(input) ? Number(input) : NaN;
    if (value >= min && value <= max) return value;
    throw new Error(`must be a whole number from ${min} to ${max}`);
  });
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
    throw new Error('must have no user, password, query or fragment');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
});

const proxyUrl = makeExactValidator<ProxyConfig>((input) => {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(input) ? input : `http://${input}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be the http or https URL of a proxy, like http://proxy.example:3128');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new Error('must have no path, query or fragment');
  }
  return { url: url.origin, authorization: basicCredentials(url) };
});

/** `Basic` (RFC 7617), where a URL has a user or a password. */
function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw new Error('must have its user and password percent-encoded');
  }
}

interface Proxies {
  readonly http: ProxyConfig | undefined;
  readonly https: ProxyConfig | undefined;
  /** As `NO_PROXY` lists them. */
  readonly none: string;
}

/** The way to the API at `base`; undefined where connections lead to it directly. */
function proxyFor(base: string | undefined, { http, https, none }: Proxies): ProxyConfig | undefined {
  if (base === undefined) return undefined;
  const url = new URL(base);
  if (isExempt(url, none)) return undefined;
  return url.protocol === 'https:' ? https : http;
}

/** A variable set to nothing, as `docker run -e NAME=` does, counts as not set. */
function withoutBlanks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''));
}

function refuse({ errors }: { errors: Record<string, Error | undefined> }): void {
  const lines = Object.entries(errors).map(([name, error]) =>
    error instanceof EnvMissingError ? `${name} is not set` : `${name} ${error?.message ?? 'is unusable'}`,
  );
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}
