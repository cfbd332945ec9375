import { str } from 'envalid';
import { jwtConfig, jwtVariables, type JwtConfig, type JwtEnvironment } from './auth.js';
import { ConfigError } from './config-error.js';
import { proxyFor, type Proxies } from './proxies.js';
import { setNames } from './environment.js';
import {
  upstreamOAuthConfig,
  upstreamOAuthVariables,
  type UpstreamOAuthConfig,
  type UpstreamOAuthEnvironment,
} from './upstream-oauth.js';

type AuthMode = 'forward' | 'service';

/** Who the callers are, and what calls are authenticated with. */
export interface AuthModeConfig {
  /**
   * `AUTH_MODE` (forward): `forward` sends the caller's `Authorization` header upstream. With `service`, the gateway
   * verifies the JWTs of its callers and has a credential of its own.
   */
  readonly authMode: AuthMode;
  /** `JWT_*`: how callers are authenticated. Undefined with `forward`. */
  readonly jwt: JwtConfig | undefined;
  /** `UPSTREAM_OAUTH_*`: the gateway's own credential. Undefined with `forward`. */
  readonly upstreamOAuth: UpstreamOAuthConfig | undefined;
}

/** The validators of `AUTH_MODE`, and of the variables that `service` reads. */
export const authModeVariables = {
  AUTH_MODE: str({ choices: ['forward', 'service'] as const, default: 'forward' }),
  ...jwtVariables,
  ...upstreamOAuthVariables,
};

type AuthModeEnvironment = JwtEnvironment & UpstreamOAuthEnvironment & { readonly AUTH_MODE: AuthMode };

/** The variables that only `AUTH_MODE=service` reads. */
const SERVICE_VARIABLE = /^(?:JWT_|UPSTREAM_OAUTH_|IDEMPOTENCY_HMAC_KEY$)/;

/**
 * How callers are authenticated, and the gateway's own credential.
 *
 * @param environment where the variables of `AUTH_MODE=service` may be set for nothing
 * @throws {ConfigError} if only a part is configured, or if it would be ignored
 */
export function authModeConfig(
  env: AuthModeEnvironment,
  environment: NodeJS.ProcessEnv,
  proxies: Proxies,
): AuthModeConfig {
  const { AUTH_MODE: authMode } = env;
  if (authMode === 'forward') {
    const given = setNames(environment, SERVICE_VARIABLE);
    if (given.length === 0) return { authMode, jwt: undefined, upstreamOAuth: undefined };
    throw new ConfigError(`AUTH_MODE must be \`service\` for ${given.join(', ')} to have an effect`);
  }
  const jwt = jwtConfig(env);
  const upstreamOAuth = upstreamOAuthConfig(env, (url) => proxyFor(url, proxies));
  if (!isMissing(jwt) && !isMissing(upstreamOAuth)) return { authMode, jwt, upstreamOAuth };
  const missing = [jwt, upstreamOAuth].flatMap((config) => (isMissing(config) ? config : []));
  throw new ConfigError(`AUTH_MODE=service needs ${missing.join(' and ')}, which must be set`);
}

function isMissing(config: object | readonly string[]): config is readonly string[] {
  return Array.isArray(config);
}
