import { cleanEnv, makeExactValidator, str, EnvMissingError } from 'envalid';
import { jwtConfig, jwtVariables, type JwtConfig, type JwtEnvironment } from './config/auth.js';
import { ConfigError } from './config/config-error.js';
import { emulatorConfig, emulatorVariables, type EmulatorConfig } from './config/emulator.js';
import {
  demandControlConfig,
  demandControlVariables,
  type DemandControlConfig,
} from './config/demand-control.js';
import { useEnvFile } from './config/env-file.js';
import { exposureConfig, exposureVariables, type ExposureConfig } from './config/exposure.js';
import { isExempt } from './config/no-proxy.js';
import { safelistConfig, safelistVariables, type SafelistConfig } from './config/safelist.js';
import { rateLimitsConfig, rateLimitsVariables, type RateLimitsConfig } from './config/rate-limits.js';
import { streamsConfig, streamsVariables, type StreamsConfig } from './config/streams.js';
import { redisConfig, redisVariables, type RedisConfig } from './config/redis.js';
import {
  upstreamOAuthConfig,
  upstreamOAuthVariables,
  type ProxyConfig,
  type UpstreamOAuthConfig,
  type UpstreamOAuthEnvironment,
} from './config/upstream-oauth.js';
import { pollingConfig, pollingVariables, type PollingConfig } from './config/polling.js';
import { telemetryConfig, telemetryVariables, type TelemetryConfig } from './config/telemetry.js';
import { webhookConfig, webhookVariables, type WebhookConfig } from './config/webhooks.js';
import { wholeNumber } from './config/whole-number.js';

export { ConfigError, useEnvFile, type ProxyConfig, type RedisConfig, type UpstreamOAuthConfig };

/** The gateway's settings, read once from the environment. Times are in milliseconds. */
export interface Config {
  /** `PORT` (4000; 0 picks any free port) and `HOST` (127.0.0.1): the address to listen on. */
  readonly port: number;
  readonly host: string;
  /** `WORKERS` (1): processes that serve that address. With 2 or more, `REDIS_URL` is required. */
  readonly workers: number;
  /** `REDIS_URL`: where processes share state. Undefined to keep it in the memory of this one. */
  readonly redis: RedisConfig | undefined;
  /** `NODE_ENV=production` turns off introspection, explorers and field suggestions, and masks unexpected errors. */
  readonly production: boolean;
  /** `LOG_LEVEL` (info): `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  readonly logLevel: LogLevel;
  /**
   * `AUTH_MODE` (forward): `forward` sends the caller's `Authorization` header upstream. With `service`, the gateway
   * verifies the JWTs of its callers and has a credential of its own.
   */
  readonly authMode: AuthMode;
  /** `JWT_*`: how callers are authenticated. Undefined with `forward`. */
  readonly jwt: JwtConfig | undefined;
  /** `UPSTREAM_OAUTH_*`: the gateway's own credential. Undefined with `forward`. */
  readonly upstreamOAuth: UpstreamOAuthConfig | undefined;
  /** `REQUEST_TIMEOUT_MS` (15000): time limit of a whole GraphQL request. */
  readonly requestTimeoutMs: number;
  /** `CLIENT_TIMEOUT_MS` (10000): how long a client may take to send a request (408), and to read its response. */
  readonly clientTimeoutMs: number;
  /**
   * `KEEP_ALIVE_TIMEOUT_MS` (72000): how long a client may leave a connection unused. It must be longer than the load balancer
   * in front keeps its connections, so that the gateway never closes one on which a request is on its way.
   */
  readonly keepAliveTimeoutMs: number;
  /**
   * `DRAIN_DELAY_MS` (0): how long to keep accepting requests after `/readyz` reports "not ready". Behind a load
   * balancer, set it to more than the health check's interval times its failure threshold.
   */
  readonly drainDelayMs: number;
  /**
   * `GRAPHQL_EXECUTION` (planned): `planned` is the executor of `src/lib/executor`, which plans each document once;
   * `graphql-js` is the reference implementation. Both give the same results.
   */
  readonly graphqlExecution: 'planned' | 'graphql-js';
  /**
   * `FEDERATION` (false): with `true`, the schema is a subgraph of Apollo Federation 2, for a router to compose it with others.
   * Only the router should then reach the gateway.
   */
  readonly federation: boolean;
  /**
   * `MAX_DEPTH` (50, at most 200): levels of nested fields in an operation, spread fragments included. Deeper
   * operations are rejected before they are parsed.
   */
  readonly maxDepth: number;
  /** How much one operation may ask for. */
  readonly demandControl: DemandControlConfig;
  readonly overload: OverloadConfig;
  /** `MAX_BATCH_SIZE` (0, at most 100): operations in one HTTP request, as a list. 0 rejects lists. */
  readonly maxBatchSize: number;
  /** `SAFELIST_*`: the documents that clients may send. Undefined if they may send any. */
  readonly safelist: SafelistConfig | undefined;
  readonly streams: StreamsConfig;
  readonly rateLimits: RateLimitsConfig;
  /** Who may reach the gateway, and from where. */
  readonly exposure: ExposureConfig;
  readonly demandApi: DemandApiConfig;
  /** The proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. */
  readonly proxies: Proxies;
  /** `POLL_*`: how often what is subscribed is read again. */
  readonly polling: PollingConfig;
  /** `WEBHOOK_SECRET` (none): without it, the path of webhooks is answered with 404, as an unknown path is. */
  readonly webhooks: WebhookConfig | undefined;
  readonly emulator: EmulatorConfig;
  /** `METRICS_PORT`, `SLOW_OPERATION_MS` and `OTEL_*`. */
  readonly telemetry: TelemetryConfig;
}

export type AuthMode = 'forward' | 'service';

export interface OverloadConfig {
  /** `MAX_REQUESTS_IN_FLIGHT` (1000): GraphQL requests in flight per process; further ones are rejected. */
  readonly maxRequestsInFlight: number;
  /**
   * `OVERLOAD_WAIT_MS` (500): how long the first waiting request may have waited for its turn; requests that arrive while it has
   * waited for longer are rejected. 0 turns this check off.
   */
  readonly waitMs: number;
}

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

export interface RetryConfig {
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

export interface BreakerConfig {
  /** `DEMAND_API_BREAKER_MIN_CALLS` (20): calls within the window below which the breaker stays closed. */
  readonly minCalls: number;
  /** `DEMAND_API_BREAKER_FAILURE_PERCENT` (50): failed calls above which the breaker opens, as a fraction of 1. */
  readonly failureShare: number;
  /** `DEMAND_API_BREAKER_WINDOW_MS` (10000): the sliding window over which calls are counted. */
  readonly windowMs: number;
  /** `DEMAND_API_BREAKER_PROBE_MS` (1000): how long the breaker stays open before it lets a probe through. */
  readonly probeAfterMs: number;
}

/** The environment of this process, for {@link readConfig}. */
export const processEnvironment: NodeJS.ProcessEnv = process.env;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Reads and validates the environment.
 *
 * @throws {ConfigError} if a variable is invalid
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = cleanEnv(
    withoutBlanks(environment),
    {
      PORT: wholeNumber(0, 65_535)({ default: 4000 }),
      HOST: str({ default: '127.0.0.1' }),
      WORKERS: wholeNumber(1, 64)({ default: 1 }),
      ...redisVariables,
      NODE_ENV: str({ default: 'development' }),
      LOG_LEVEL: str({ choices: LOG_LEVELS, default: 'info' }),
      AUTH_MODE: str({ choices: ['forward', 'service'] as const, default: 'forward' }),
      ...jwtVariables,
      REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 15_000 }),
      CLIENT_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 10_000 }),
      KEEP_ALIVE_TIMEOUT_MS: wholeNumber(1, 3_600_000)({ default: 72_000 }),
      DRAIN_DELAY_MS: wholeNumber(0, 600_000)({ default: 0 }),
      GRAPHQL_EXECUTION: str({ choices: ['planned', 'graphql-js'] as const, default: 'planned' }),
      FEDERATION: str({ choices: ['true', 'false'] as const, default: 'false' }),
      MAX_DEPTH: wholeNumber(1, 200)({ default: 50 }),
      ...demandControlVariables,
      MAX_REQUESTS_IN_FLIGHT: wholeNumber(1, 1_000_000)({ default: 1000 }),
      OVERLOAD_WAIT_MS: wholeNumber(0, 600_000)({ default: 500 }),
      MAX_BATCH_SIZE: wholeNumber(0, 100)({ default: 0 }),
      ...safelistVariables,
      ...streamsVariables,
      ...rateLimitsVariables,
      ...exposureVariables,
      ...upstreamOAuthVariables,
      ...webhookVariables,
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
      ...pollingVariables,
      ...emulatorVariables,
      ...telemetryVariables,
    },
    { reporter: refuse },
  );
  const redis = redisConfig(env);
  if (env.WORKERS > 1 && redis === undefined) {
    throw new ConfigError(
      `WORKERS=${env.WORKERS} needs REDIS_URL: processes share their state through Redis`,
    );
  }
  const proxies = {
    http: env.http_proxy ?? env.HTTP_PROXY,
    https: env.https_proxy ?? env.HTTPS_PROXY,
    none: env.no_proxy ?? env.NO_PROXY,
  };
  return {
    port: env.PORT,
    host: env.HOST,
    workers: env.WORKERS,
    redis,
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    authMode: env.AUTH_MODE,
    ...serviceConfig(env, setNames(environment, AUTH_VARIABLE), proxies),
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    clientTimeoutMs: env.CLIENT_TIMEOUT_MS,
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
    drainDelayMs: env.DRAIN_DELAY_MS,
    graphqlExecution: env.GRAPHQL_EXECUTION,
    federation: env.FEDERATION === 'true',
    maxDepth: env.MAX_DEPTH,
    demandControl: demandControlConfig(env),
    overload: { maxRequestsInFlight: env.MAX_REQUESTS_IN_FLIGHT, waitMs: env.OVERLOAD_WAIT_MS },
    maxBatchSize: env.MAX_BATCH_SIZE,
    safelist: safelistConfig(env),
    streams: streamsConfig(env),
    rateLimits: rateLimitsConfig(env),
    exposure: exposureConfig(env),
    demandApi: {
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
    },
    proxies,
    polling: pollingConfig(env),
    webhooks: webhookConfig(env),
    emulator: emulatorConfig(env),
    telemetry: telemetryConfig(env),
  };
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

const proxyUrl = makeExactValidator<ProxyConfig>((input) => {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(input) ? input : `http://${input}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be the http or https URL of a proxy, like http://proxy.example:3128');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new Error('must not have a path, query or fragment');
  }
  return { url: url.origin, authorization: basicCredentials(url) };
});

/** `Basic` credentials (RFC 7617), if the URL has a user or a password. */
function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw new Error('must have a percent-encoded user and password');
  }
}

export interface Proxies {
  readonly http: ProxyConfig | undefined;
  readonly https: ProxyConfig | undefined;
  /** The value of `NO_PROXY`. */
  readonly none: string;
}

/** The proxy for the server at `base`; undefined to connect directly. */
export function proxyFor(base: string | undefined, { http, https, none }: Proxies): ProxyConfig | undefined {
  if (base === undefined) return undefined;
  const url = new URL(base);
  if (isExempt(url, none)) return undefined;
  return url.protocol === 'https:' ? https : http;
}

/** The variables that only `AUTH_MODE=service` reads. */
const AUTH_VARIABLE = /^(?:JWT_|UPSTREAM_OAUTH_|IDEMPOTENCY_HMAC_KEY$)/;

/**
 * How callers are authenticated, and the gateway's own credential.
 *
 * @param given the variables of `AUTH_MODE=service` that are set
 * @throws {ConfigError} if only a part is configured, or if it would be ignored
 */
function serviceConfig(
  env: JwtEnvironment & UpstreamOAuthEnvironment & { readonly AUTH_MODE: AuthMode },
  given: readonly string[],
  proxies: Proxies,
): Pick<Config, 'jwt' | 'upstreamOAuth'> {
  if (env.AUTH_MODE === 'forward') {
    if (given.length === 0) return { jwt: undefined, upstreamOAuth: undefined };
    throw new ConfigError(`AUTH_MODE must be \`service\` for ${given.join(', ')} to have an effect`);
  }
  const jwt = jwtConfig(env);
  const upstreamOAuth = upstreamOAuthConfig(env, (url) => proxyFor(url, proxies));
  if (!isMissing(jwt) && !isMissing(upstreamOAuth)) return { jwt, upstreamOAuth };
  const missing = [jwt, upstreamOAuth].flatMap((config) => (isMissing(config) ? config : []));
  throw new ConfigError(`AUTH_MODE=service needs ${missing.join(' and ')}, which must be set`);
}

function isMissing(config: object | readonly string[]): config is readonly string[] {
  return Array.isArray(config);
}

/** The variables that are set, of those whose name matches. */
function setNames(environment: NodeJS.ProcessEnv, name: RegExp): readonly string[] {
  return Object.keys(withoutBlanks(environment)).filter((given) => name.test(given));
}

/** Treats blank variables, as `docker run -e NAME=` sets them, as unset. */
function withoutBlanks(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim() !== ''));
}

function refuse({ errors }: { errors: Record<string, Error | undefined> }): void {
  const lines = Object.entries(errors).map(([name, error]) =>
    error instanceof EnvMissingError ? `${name} is not set` : `${name} ${error?.message ?? 'is invalid'}`,
  );
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}
