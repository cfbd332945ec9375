import { jwtVerify, SignJWT, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Clock } from '../clock.js';
import { demo } from '../demo.js';
import type { Algorithm, SigningKeys } from './signing-keys.js';

/** The lifetime of access tokens in seconds, as the Demand API documents it. */
const ACCESS_TOKEN_SECONDS = 86_400;
/** The media type of access tokens (RFC 9068, 2.1). */
const TYPE = 'at+jwt';

export interface IssuerOptions {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  /** Returns a new ULID, later than all previous ones. */
  readonly newId: () => string;
  /** Returns the issuer's identifier, which is known as soon as the emulator listens. */
  readonly url: () => string;
}

export interface UserTokenRequest {
  readonly subject: string;
  /** The lifetime in seconds; below 0 for a token that has expired already. */
  readonly expiresIn: number;
  /** Further claims; they override the issuer's own, e.g. `aud`, `iss` or `nbf`. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The header's `typ`. Default `at+jwt`, an access token (RFC 9068, 2.1). */
  readonly type?: string;
}

interface AccessToken {
  readonly token: string;
  /** In seconds. */
  readonly expiresIn: number;
}

/**
 * Issues JWTs: to people, for the gateway (audience `demo.gatewayAudience`), and to clients, for the Demand API (audience
 * `demo.apiAudience`). Neither audience accepts the other's.
 */
export class Issuer {
  readonly #options: IssuerOptions;
  #accessTokenSeconds = ACCESS_TOKEN_SECONDS;
  /** Access tokens with this id or an earlier one have been expired on request. */
  #expiredUpTo = '';

  constructor(options: IssuerOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#options.url();
  }

  get publishedKeys(): JSONWebKeySet {
    return this.#options.keys.published;
  }

  /** The id of the key that signs. */
  get keyId(): string {
    return this.#options.keys.current.kid;
  }

  get accessTokenSeconds(): number {
    return this.#accessTokenSeconds;
  }

  /** Sets the lifetime of access tokens that are issued from now on. */
  set accessTokenSeconds(seconds: number) {
    this.#accessTokenSeconds = seconds;
  }

  /** Makes the Demand API reject all access tokens that were issued so far. */
  expireAccessTokens(): void {
    this.#expiredUpTo = this.#options.newId();
  }

  /** @param withdraw whether tokens of earlier keys become invalid */
  async rotateKey(algorithm: Algorithm, withdraw: boolean): Promise<void> {
    await this.#options.keys.rotate(algorithm, withdraw);
  }

  /** Returns to the default lifetime, and accepts access tokens again that were expired on request. */
  reset(): void {
    this.#accessTokenSeconds = ACCESS_TOKEN_SECONDS;
    this.#expiredUpTo = '';
  }

  /** Issues a token for a caller of the gateway. */
  async issueUserToken({ subject, expiresIn, claims = {}, type }: UserTokenRequest): Promise<string> {
    return this.#sign({ sub: subject, aud: demo.gatewayAudience, ...claims }, expiresIn, type);
  }

  /** Issues an access token for the Demand API. @param scope as the client requested it */
  async issueAccessToken(clientId: string, scope: string | undefined): Promise<AccessToken> {
    const expiresIn = this.#accessTokenSeconds;
    const claims = {
      sub: clientId,
      client_id: clientId,
      aud: demo.apiAudience,
      ...(scope !== undefined && { scope }),
    };
    return { token: await this.#sign(claims, expiresIn), expiresIn };
  }

  /** @returns the client that an access token was issued to; undefined if the token is not, or no longer, valid */
  async clientOf(token: string): Promise<string | undefined> {
    const { keys, clock } = this.#options;
    try {
      const { payload } = await jwtVerify(token, keys.verify, {
        issuer: this.url,
        audience: demo.apiAudience,
        typ: TYPE,
        requiredClaims: ['exp', 'jti', 'client_id'],
        currentDate: new Date(clock.now()),
      });
      const { jti = '', client_id: clientId } = payload;
      return jti > this.#expiredUpTo ? String(clientId) : undefined;
    } catch {
      return undefined;
    }
  }

  async #sign(claims: JWTPayload, expiresIn: number, type = TYPE): Promise<string> {
    const { keys, clock, newId } = this.#options;
    const { kid, algorithm, privateKey } = keys.current;
    const now = Math.floor(clock.now() / 1000);
    const times = { iat: now, exp: now + expiresIn };
    return new SignJWT({ iss: this.url, ...times, jti: newId(), ...claims })
      .setProtectedHeader({ alg: algorithm, kid, typ: type })
      .sign(privateKey);
  }
}
