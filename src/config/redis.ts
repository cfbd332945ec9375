import { makeExactValidator } from 'envalid';
import { wholeNumber } from './whole-number.js';

/** The Redis or Valkey server through which processes share state. */
export interface RedisConfig {
  /** Where it is, without credentials, to be logged, e.g. `rediss://redis.example.com:6379/0`. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** Whether to connect over TLS: `rediss`. */
  readonly tls: boolean;
  readonly database: number;
  /** Undefined for the default user. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** `REDIS_TIMEOUT_MS` (500): how long a command may take, in milliseconds. */
  readonly timeoutMs: number;
}

type RedisUrl = Omit<RedisConfig, 'timeoutMs'>;

const DEFAULT_PORT = 6379;

/** Errors do not repeat the input, which can hold a password. */
const redisUrl = makeExactValidator<RedisUrl>((input) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new Error('must be a redis or rediss URL, like redis://user:password@redis.example.com:6379/0');
  }
  const database = /^\/?(\d{0,4})$/.exec(url.pathname)?.[1];
  if (database === undefined || url.search !== '' || url.hash !== '') {
    throw new Error('must have no path but the number of a database, and no query or fragment');
  }
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  return {
    address: `${url.protocol}//${url.hostname}:${port}/${Number(database)}`,
    // `net.connect` takes IPv6 addresses without brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    tls: url.protocol === 'rediss:',
    database: Number(database),
    username: decoded(url.username),
    password: decoded(url.password),
  };
});

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('must have a percent-encoded user and password');
  }
}

/** The validators of the `REDIS_` variables. */
export const redisVariables = {
  REDIS_URL: redisUrl({ default: undefined }),
  REDIS_TIMEOUT_MS: wholeNumber(10, 10_000)({ default: 500 }),
};

interface RedisEnvironment {
  readonly REDIS_URL: RedisUrl | undefined;
  readonly REDIS_TIMEOUT_MS: number;
}

/** @returns undefined if processes share nothing */
export function redisConfig({ REDIS_URL, REDIS_TIMEOUT_MS }: RedisEnvironment): RedisConfig | undefined {
  return REDIS_URL === undefined ? undefined : { ...REDIS_URL, timeoutMs: REDIS_TIMEOUT_MS };
}
