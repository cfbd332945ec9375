import { hash } from 'node:crypto';
import { errors, jwtVerify, type JWSHeaderParameters, type JWTPayload } from 'jose';
import { normalizedType, type JwtConfig } from '../config/auth.js';
import { grantsOf } from './claims.js';
import type { KeySet } from './key-set.js';
import { KeysUnavailableError } from './key-set.js';
import type { Principal } from './principal.js';

/** Why a caller is not authenticated: there is no bearer token, it has expired, or it is not valid in another way. */
export type TokenProblem = 'missing' | 'expired' | 'invalid';

/**
 * A caller is not authenticated. `cause` is for the log: it contains no token, but details that clients must not learn.
 */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    readonly problem: TokenProblem,
    cause?: unknown,
  ) {
    super(`The token is ${problem}.`, { cause });
  }
}

export interface TokenVerifierOptions {
  readonly config: JwtConfig;
  readonly keys: Pick<KeySet, 'find'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Authenticates callers by JWTs (RFC 7519), by the rules of RFC 8725 and RFC 9068. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
  }

  /**
   * The principal of a token. Everything is checked each time: the signature, `typ`, `iss`, `aud`, `exp` and `nbf`.
   *
   * @param authorization the header of the request
   * @throws {TokenError} if there is no valid token
   * @throws {KeysUnavailableError} if no keys can be read
   */
  async verify(authorization: string | undefined): Promise<Principal> {
    const token = bearerToken(authorization);
    if (token === undefined) throw new TokenError('missing');
    const { config } = this.#options;
    const claims = await this.#claims(token);
    return {
      key: hash('sha256', JSON.stringify([claims.iss, claims.sub]), 'base64url'),
      grants: grantsOf(claims, config),
      authorization: undefined,
      // `exp` is a required claim, and checked with the same tolerance.
      expiresAt: ((claims.exp ?? 0) + config.clockToleranceS) * 1000,
    };
  }

  async #claims(token: string): Promise<JWTPayload> {
    const { config, keys, now } = this.#options;
    try {
      const { payload } = await jwtVerify(
        token,
        async (header, input) => {
          this.#checkHeader(header);
          return await keys.find(header, input);
        },
        {
          algorithms: [...config.algorithms],
          audience: [...config.audiences],
          ...(config.issuer !== undefined && { issuer: config.issuer }),
          // RFC 9068, 2.2
          requiredClaims: ['iss', 'sub', 'exp'],
          clockTolerance: config.clockToleranceS,
          currentDate: new Date(now()),
        },
      );
      return payload;
    } catch (error) {
      if (error instanceof KeysUnavailableError) throw error;
      throw new TokenError(error instanceof errors.JWTExpired ? 'expired' : 'invalid', error);
    }
  }

  /** Checked before the key is looked for, so that other kinds of tokens cause no read of keys. */
  #checkHeader({ typ, kid }: JWSHeaderParameters): void {
    if (typeof typ !== 'string' || !this.#options.config.types.includes(normalizedType(typ))) {
      throw new errors.JWTInvalid('The `typ` is absent or not accepted.');
    }
    // Every issuer that rotates keys sends it. It is compared with the ids of known keys, and used for nothing else.
    if (typeof kid !== 'string' || kid.length > MAX_KID_LENGTH) {
      throw new errors.JWTInvalid('The `kid` is absent or too long.');
    }
  }
}

const MAX_KID_LENGTH = 256;

/** The token of a bearer credential (RFC 6750, 2.1). Schemes have no case (RFC 9110, 11.1). */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\w~+/.-]+=*) *$/i.exec(authorization ?? '')?.[1];
}
