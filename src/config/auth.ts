import { makeExactValidator, str } from 'envalid';
import { wholeNumber } from './whole-number.js';

/** How callers are authenticated in `AUTH_MODE=service`: by JWTs of one issuer. */
export interface JwtConfig {
  /** `JWT_JWKS_URL` (found through the issuer): the URL of the issuer's JSON Web Key Set (RFC 7517, 5). */
  readonly jwksUrl: string | undefined;
  /**
   * `JWT_ISSUER` (not checked): the required `iss`, to the letter. Without a `jwksUrl`, the key set is found through
   * `<issuer>/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, 4).
   */
  readonly issuer: string | undefined;
  /** `JWT_AUDIENCE`: what `aud` must contain: one of these, separated by commas in the variable. */
  readonly audiences: readonly string[];
  /** `JWT_ALGORITHMS` (RS256,ES256,PS256): the accepted signature algorithms. Only asymmetric ones are possible. */
  readonly algorithms: readonly string[];
  /**
   * `JWT_TYPES` (at+jwt,JWT): the accepted values of `typ`, in lowercase, without `application/`. A token without `typ` is
   * rejected (RFC 8725, 3.11). With `at+jwt` alone, nothing but access tokens (RFC 9068, 2.1) is accepted.
   */
  readonly types: readonly string[];
  /** `JWT_CLOCK_TOLERANCE_S` (5): how far `exp` and `nbf` may be off, in seconds. */
  readonly clockToleranceS: number;
  /**
   * `JWT_ACCOUNTS_CLAIM` (accounts): the claim with the raw ids of the caller's accounts. A name with dots is looked up as
   * it stands first, then as a path.
   */
  readonly accountsClaim: string;
  /** `JWT_SCOPES_CLAIM` (scope): the claim with the caller's scopes, named like {@link accountsClaim}. */
  readonly scopesClaim: string;
}

/** RFC 7518, 3.1 and RFC 8037, 3.1. Neither `none` nor an HMAC, whose key every verifier would have to know. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const url = makeExactValidator<string>((input) => {
  const given = URL.canParse(input) ? new URL(input) : undefined;
  if (given === undefined || !['http:', 'https:'].includes(given.protocol)) {
    throw new Error('must be an http or https URL');
  }
  if (given.username !== '' || given.password !== '' || given.hash !== '') {
    throw new Error('must not have a user, password or fragment');
  }
  return input;
});

/** OpenID Connect Discovery 1.0, 3: an issuer has no query, either. */
const issuer = makeExactValidator<string>((input) => {
  const given = URL.canParse(input) ? new URL(input) : undefined;
  if (given === undefined || !['http:', 'https:'].includes(given.protocol)) {
    throw new Error('must be the http or https URL of an issuer, like https://login.example.com/');
  }
  if (given.username !== '' || given.password !== '' || /[?#]/.test(input)) {
    throw new Error('must not have a user, password, query or fragment');
  }
  return input;
});

const list = makeExactValidator<readonly string[]>((input) => {
  const items = itemsOf(input);
  if (items.length > 0) return items;
  throw new Error('must have at least one value');
});

const algorithms = makeExactValidator<readonly string[]>((input) => {
  const items = itemsOf(input);
  if (items.length > 0 && items.every((item) => ALGORITHMS.includes(item))) return items;
  throw new Error(`must be a list of asymmetric algorithms, separated by commas: ${ALGORITHMS.join(', ')}`);
});

const types = makeExactValidator<readonly string[]>((input) => {
  const items = itemsOf(input).map(normalizedType);
  if (items.length > 0) return items;
  throw new Error('must be a list of types, separated by commas, like at+jwt,JWT');
});

function itemsOf(input: string): string[] {
  return [...new Set(input.split(',').map((item) => item.trim()))].filter((item) => item !== '');
}

/** RFC 7515, 4.1.9: media types are compared without case, and `application/` may be omitted. */
export function normalizedType(type: string): string {
  return type.toLowerCase().replace(/^application\//, '');
}

/** The validators of the `JWT_` variables. */
export const jwtVariables = {
  JWT_JWKS_URL: url({ default: undefined }),
  JWT_ISSUER: issuer({ default: undefined }),
  JWT_AUDIENCE: list({ default: undefined }),
  JWT_ALGORITHMS: algorithms({ default: ['RS256', 'ES256', 'PS256'] }),
  JWT_TYPES: types({ default: ['at+jwt', 'jwt'] }),
  JWT_CLOCK_TOLERANCE_S: wholeNumber(0, 600)({ default: 5 }),
  JWT_ACCOUNTS_CLAIM: str({ default: 'accounts' }),
  JWT_SCOPES_CLAIM: str({ default: 'scope' }),
};

export interface JwtEnvironment {
  readonly JWT_JWKS_URL: string | undefined;
  readonly JWT_ISSUER: string | undefined;
  readonly JWT_AUDIENCE: readonly string[] | undefined;
  readonly JWT_ALGORITHMS: readonly string[];
  readonly JWT_TYPES: readonly string[];
  readonly JWT_CLOCK_TOLERANCE_S: number;
  readonly JWT_ACCOUNTS_CLAIM: string;
  readonly JWT_SCOPES_CLAIM: string;
}

/** The settings, or the variables that are missing, as a person would name them. */
export function jwtConfig(env: JwtEnvironment): JwtConfig | readonly string[] {
  const { JWT_JWKS_URL: jwksUrl, JWT_ISSUER: issuerUrl, JWT_AUDIENCE: audiences } = env;
  const hasKeys = jwksUrl !== undefined || issuerUrl !== undefined;
  if (!hasKeys || audiences === undefined) {
    return [
      ...(hasKeys ? [] : ['JWT_ISSUER or JWT_JWKS_URL']),
      ...(audiences === undefined ? ['JWT_AUDIENCE'] : []),
    ];
  }
  return {
    jwksUrl,
    issuer: issuerUrl,
    audiences,
    algorithms: env.JWT_ALGORITHMS,
    types: env.JWT_TYPES,
    clockToleranceS: env.JWT_CLOCK_TOLERANCE_S,
    accountsClaim: env.JWT_ACCOUNTS_CLAIM,
    scopesClaim: env.JWT_SCOPES_CLAIM,
  };
}
