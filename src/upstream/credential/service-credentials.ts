import { createHmac, hash } from 'node:crypto';
import type { TraceContext } from '../../telemetry/trace-context.js';
import type { CallScope, OperationCredential } from '../http/call.js';
import type { HttpHeaders } from '../http/http.js';
import { sharedHeaders } from '../http/shared-headers.js';
import type { AccessToken, AccessTokens } from './access-tokens.js';
import type { Credentials } from './credentials.js';

export interface ServiceCredentialsOptions {
  /** Sent as `Cint-API-Version`. */
  readonly apiVersion: string;
  /** Names the credential, e.g. the token endpoint and the client id. Not a secret. */
  readonly name: readonly string[];
  /** A secret, equal in all processes and replicas. */
  readonly idempotencyHmacKey: Buffer;
}

/** The gateway's own access token, for all callers: `AUTH_MODE=service`. */
export class ServiceCredentials implements Credentials {
  readonly #options: ServiceCredentialsOptions;
  readonly #tokens: AccessTokens;
  readonly #key: string;

  constructor(options: ServiceCredentialsOptions, tokens: AccessTokens) {
    this.#options = options;
    this.#tokens = tokens;
    this.#key = hash('sha256', JSON.stringify(options.name), 'base64url');
  }

  keyFor(): string {
    return this.#key;
  }

  forOperation(_authorization: string | undefined, trace: TraceContext): OperationCredential {
    return new ServiceCredential(this.#tokens, this.#options.apiVersion, trace);
  }

  /**
   * The API knows only the gateway's credential, and replays a known key whatever the body: without the principal in it, one
   * caller's key would return another caller's job.
   */
  idempotencyKey(principalKey: string, key: string): string {
    return createHmac('sha256', this.#options.idempotencyHmacKey)
      .update(JSON.stringify([principalKey, key]))
      .digest('base64url');
  }

  close(): void {
    this.#tokens.close();
  }
}

/** Keeps one token for the calls of an operation, until a 401. */
class ServiceCredential implements OperationCredential {
  readonly isOwn = true;
  readonly #tokens: AccessTokens;
  readonly #apiVersion: string;
  readonly #trace: TraceContext;
  #token: AccessToken | undefined;
  #headers: HttpHeaders | undefined;

  constructor(tokens: AccessTokens, apiVersion: string, trace: TraceContext) {
    this.#tokens = tokens;
    this.#apiVersion = apiVersion;
    this.#trace = trace;
  }

  get headers(): HttpHeaders | undefined {
    return this.#headers;
  }

  async prepare(scope: Pick<CallScope, 'deadline' | 'callerGone'>): Promise<void> {
    const token = this.#tokens.current ?? (await this.#tokens.obtain(scope));
    if (this.#headers !== undefined) return;
    this.#token = token;
    this.#headers = sharedHeaders(this.#apiVersion, token.authorization, this.#trace);
  }

  reject(headers: HttpHeaders): boolean {
    // Another call of the operation may have noticed it first.
    if (headers !== this.#headers || this.#token === undefined) return true;
    if (!this.#tokens.reject(this.#token)) return false;
    this.#headers = undefined;
    return true;
  }
}
