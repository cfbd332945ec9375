import { cleanEnv, str } from 'envalid';
import { authModeConfig, authModeVariables, type AuthModeConfig } from './config/auth-mode.js';
import { ConfigError } from './config/config-error.js';
import { demandApiConfig, demandApiVariables, type DemandApiConfig } from './config/demand-api.js';
import {
  demandControlConfig,
  demandControlVariables,
  type DemandControlConfig,
} from './config/demand-control.js';
import { emulatorConfig, emulatorVariables, type EmulatorConfig } from './config/emulator.js';
import { useEnvFile } from './config/env-file.js';
import { throwIfInvalid, withoutBlanks } from './config/environment.js';
import { exposureConfig, exposureVariables, type ExposureConfig } from './config/exposure.js';
import { nodeEnvVariables } from './config/node-env.js';
import { overloadConfig, overloadVariables, type OverloadConfig } from './config/overload.js';
import { pollingConfig, pollingVariables, type PollingConfig } from './config/polling.js';
import { proxiesConfig, proxyFor, proxyVariables, type Proxies, type ProxyConfig } from './config/proxies.js';
import { rateLimitsConfig, rateLimitsVariables, type RateLimitsConfig } from './config/rate-limits.js';
import { redisConfig, redisVariables, type RedisConfig } from './config/redis.js';
import { safelistConfig, safelistVariables, type SafelistConfig } from './config/safelist.js';
import { streamsConfig, streamsVariables, type StreamsConfig } from './config/streams.js';
import { telemetryConfig, telemetryVariables, type TelemetryConfig } from './config/telemetry.js';
import type { UpstreamOAuthConfig } from './config/upstream-oauth.js';
import { webhookConfig, webhookVariables, type WebhookConfig } from './config/webhooks.js';
import { wholeNumber } from './config/whole-number.js';

export {
  ConfigError,
  proxyFor,
  useEnvFile,
  type DemandApiConfig,
  type Proxies,
  type ProxyConfig,
  type RedisConfig,
  type UpstreamOAuthConfig,
};

/** The gateway's settings, read once from the environment. Times are in milliseconds. */
export interface Config extends AuthModeConfig {
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
   * operations are rejected before they are validated.
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

/** The environment of this process, for {@link readConfig}. */
export const processEnvironment: NodeJS.ProcessEnv = process.env;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const variables = {
  PORT: wholeNumber(0, 65_535)({ default: 4000 }),
  HOST: str({ default: '127.0.0.1' }),
  WORKERS: wholeNumber(1, 64)({ default: 1 }),
  ...redisVariables,
  ...nodeEnvVariables,
  LOG_LEVEL: str({ choices: LOG_LEVELS, default: 'info' }),
  ...authModeVariables,
  REQUEST_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 15_000 }),
  CLIENT_TIMEOUT_MS: wholeNumber(1, 600_000)({ default: 10_000 }),
  KEEP_ALIVE_TIMEOUT_MS: wholeNumber(1, 3_600_000)({ default: 72_000 }),
  DRAIN_DELAY_MS: wholeNumber(0, 600_000)({ default: 0 }),
  GRAPHQL_EXECUTION: str({ choices: ['planned', 'graphql-js'] as const, default: 'planned' }),
  FEDERATION: str({ choices: ['true', 'false'] as const, default: 'false' }),
  MAX_DEPTH: wholeNumber(1, 200)({ default: 50 }),
  ...demandControlVariables,
  ...overloadVariables,
  MAX_BATCH_SIZE: wholeNumber(0, 100)({ default: 0 }),
  ...safelistVariables,
  ...streamsVariables,
  ...rateLimitsVariables,
  ...exposureVariables,
  ...webhookVariables,
  ...demandApiVariables,
  ...proxyVariables,
  ...pollingVariables,
  ...emulatorVariables,
  ...telemetryVariables,
};

/**
 * Reads and validates the environment.
 *
 * @throws {ConfigError} if a variable is invalid
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const env = cleanEnv(withoutBlanks(environment), variables, { reporter: throwIfInvalid });
  const redis = redisConfig(env);
  if (env.WORKERS > 1 && redis === undefined) {
    throw new ConfigError(
      `WORKERS=${env.WORKERS} needs REDIS_URL: processes share their state through Redis`,
    );
  }
  const proxies = proxiesConfig(env);
  return {
    port: env.PORT,
    host: env.HOST,
    workers: env.WORKERS,
    redis,
    production: env.NODE_ENV === 'production',
    logLevel: env.LOG_LEVEL,
    ...authModeConfig(env, environment, proxies),
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    clientTimeoutMs: env.CLIENT_TIMEOUT_MS,
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_MS,
    drainDelayMs: env.DRAIN_DELAY_MS,
    graphqlExecution: env.GRAPHQL_EXECUTION,
    federation: env.FEDERATION === 'true',
    maxDepth: env.MAX_DEPTH,
    demandControl: demandControlConfig(env),
    overload: overloadConfig(env),
    maxBatchSize: env.MAX_BATCH_SIZE,
    safelist: safelistConfig(env),
    streams: streamsConfig(env),
    rateLimits: rateLimitsConfig(env),
    exposure: exposureConfig(env),
    demandApi: demandApiConfig(env, proxies),
    proxies,
    polling: pollingConfig(env),
    webhooks: webhookConfig(env),
    emulator: emulatorConfig(env),
    telemetry: telemetryConfig(env),
  };
}
