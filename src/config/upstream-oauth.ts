import { hkdfSync } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { makeExactValidator, str } from 'envalid';
import { ConfigError } from './config-error.js';
import type { ProxyConfig } from './proxies.js';

/** How the gateway obtains access tokens for the Demand API in `AUTH_MODE=service` (RFC 6749, 4.4). */
export interface UpstreamOAuthConfig {
  /** `UPSTREAM_OAUTH_TOKEN_URL`: the token endpoint, with its query if it has one. */
  readonly tokenUrl: string;
  /** `UPSTREAM_OAUTH_CLIENT_ID`. */
  readonly clientId: string;
  /** `UPSTREAM_OAUTH_CLIENT_SECRET`, or the contents of the file `UPSTREAM_OAUTH_CLIENT_SECRET_FILE`. A secret. */
  readonly clientSecret: string;
  /**
   * Further parameters of the token request: `UPSTREAM_OAUTH_AUDIENCE` (none) as `audience`, and `UPSTREAM_OAUTH_PARAMS`
   * (none), which has the form of a query string. Possibly secrets.
   */
  readonly params: readonly (readonly [name: string, value: string])[];
  /**
   * `IDEMPOTENCY_HMAC_KEY` (derived from the client secret): the key of the HMAC that becomes the idempotency key upstream.
   * It has to be the same in all replicas, and to outlive the client secret if that is rotated. A secret.
   */
  readonly idempotencyHmacKey: Buffer;
  /** The proxy for the token endpoint; see `DemandApiConfig.proxy`. */
  readonly proxy: ProxyConfig | undefined;
}

const MIN_HMAC_KEY_LENGTH = 32;
const MAX_SECRET_BYTES = 16 * 1024;
const KEY_BYTES = 32;

const tokenUrl = makeExactValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http or https URL, like https://auth.example.com/oauth/token');
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new Error('must not have a user, password or fragment');
  }
  return url.href;
});

/** What RFC 6749 (appendix A) allows in a client id or secret: `VSCHAR`. */
const visibleText = makeExactValidator<string>(visible);

function visible(input: string): string {
  if (/^[\x20-\x7e]+$/.test(input)) return input;
  throw new Error('must have visible ASCII characters only');
}

const hmacKey = makeExactValidator<string>((input) => {
  if (input.length >= MIN_HMAC_KEY_LENGTH) return input;
  throw new Error(`must have at least ${MIN_HMAC_KEY_LENGTH} characters`);
});

/** The parameters of a token request that have other variables, or none. */
const RESERVED: Readonly<Record<string, string>> = {
  grant_type: 'the gateway sets it',
  client_id: 'set UPSTREAM_OAUTH_CLIENT_ID',
  client_secret: 'set UPSTREAM_OAUTH_CLIENT_SECRET',
  audience: 'set UPSTREAM_OAUTH_AUDIENCE',
};

const parameters = makeExactValidator<readonly (readonly [string, string])[]>((input) => {
  const pairs = [...new URLSearchParams(input)];
  if (!isPercentEncoded(input) || pairs.some(([name]) => name === '')) {
    throw new Error('must be a query string, like lucid_scopes=app1+app2&resource=demand');
  }
  for (const [name] of pairs) {
    const reason = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
    if (reason !== undefined) throw new Error(`must not contain ${name}: ${reason}`);
    // RFC 6749, 3.2: parameters must not be included more than once.
    if (pairs.filter(([other]) => other === name).length > 1) {
      throw new Error('must not contain a parameter twice');
    }
  }
  return pairs;
});

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The validators of the variables, for envalid. */
export const upstreamOAuthVariables = {
  UPSTREAM_OAUTH_TOKEN_URL: tokenUrl({ default: undefined }),
  UPSTREAM_OAUTH_CLIENT_ID: visibleText({ default: undefined }),
  UPSTREAM_OAUTH_CLIENT_SECRET: visibleText({ default: undefined }),
  UPSTREAM_OAUTH_CLIENT_SECRET_FILE: str({ default: undefined }),
  UPSTREAM_OAUTH_AUDIENCE: visibleText({ default: undefined }),
  UPSTREAM_OAUTH_PARAMS: parameters({ default: undefined }),
  IDEMPOTENCY_HMAC_KEY: hmacKey({ default: undefined }),
};

export type UpstreamOAuthEnvironment = {
  readonly [Name in keyof typeof upstreamOAuthVariables]: Name extends 'UPSTREAM_OAUTH_PARAMS'
    ? readonly (readonly [string, string])[] | undefined
    : string | undefined;
};

/**
 * @param proxyFor the proxy for a server
 * @returns the names of the variables that are missing, if any
 * @throws {ConfigError} with one line, if the client secret is set twice or cannot be read
 */
export function upstreamOAuthConfig(
  env: UpstreamOAuthEnvironment,
  proxyFor: (url: string) => ProxyConfig | undefined,
): UpstreamOAuthConfig | readonly string[] {
  const {
    UPSTREAM_OAUTH_TOKEN_URL: url,
    UPSTREAM_OAUTH_CLIENT_ID: clientId,
    UPSTREAM_OAUTH_CLIENT_SECRET: secret,
    UPSTREAM_OAUTH_CLIENT_SECRET_FILE: secretFile,
    UPSTREAM_OAUTH_AUDIENCE: audience,
    UPSTREAM_OAUTH_PARAMS: params = [],
    IDEMPOTENCY_HMAC_KEY: hmac,
  } = env;
  const hasSecret = secret !== undefined || secretFile !== undefined;
  if (url === undefined || clientId === undefined || !hasSecret) {
    return [
      ...(url === undefined ? ['UPSTREAM_OAUTH_TOKEN_URL'] : []),
      ...(clientId === undefined ? ['UPSTREAM_OAUTH_CLIENT_ID'] : []),
      ...(hasSecret ? [] : ['UPSTREAM_OAUTH_CLIENT_SECRET (or UPSTREAM_OAUTH_CLIENT_SECRET_FILE)']),
    ];
  }
  if (secret !== undefined && secretFile !== undefined) {
    throw new ConfigError(
      'UPSTREAM_OAUTH_CLIENT_SECRET and UPSTREAM_OAUTH_CLIENT_SECRET_FILE must not both be set',
    );
  }
  const clientSecret = secret ?? secretIn(secretFile ?? '');
  return {
    tokenUrl: url,
    clientId,
    clientSecret,
    params: [...(audience === undefined ? [] : [['audience', audience] as const]), ...params],
    idempotencyHmacKey: hmac === undefined ? derivedHmacKey(clientSecret) : Buffer.from(hmac),
    proxy: proxyFor(url),
  };
}

/**
 * A key for HMACs that reveals nothing of the secret (RFC 5869).
 *
 * @param secret the client secret
 */
function derivedHmacKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'fieldgate idempotency keys', KEY_BYTES));
}

/** The contents of the file. Messages do not name it: a secret that is set by mistake would show. */
function secretIn(file: string): string {
  try {
    return visible(contents(file).replace(/\r?\n$/, ''));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === undefined ? `contents ${message}` : `cannot be read: ${code}`;
    throw new ConfigError(`UPSTREAM_OAUTH_CLIENT_SECRET_FILE ${reason}`);
  }
}

/** Bounded, because the file may be a device. */
function contents(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(MAX_SECRET_BYTES + 1);
    const length = readSync(descriptor, buffer);
    if (length > MAX_SECRET_BYTES) throw new Error(`must have at most ${MAX_SECRET_BYTES} bytes`);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
