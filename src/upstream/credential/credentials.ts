import type { TraceContext } from '../../telemetry/trace-context.js';
import { UpstreamError } from '../errors.js';
import type { OperationCredential } from '../http/call.js';
import type { HttpHeaders } from '../http/http.js';
import { sharedHeaders } from '../http/shared-headers.js';

/** The credentials that calls of the Demand API are made with. One per process. */
export interface Credentials {
  /** The key of the credential that a principal's calls are made with. See `src/state/shared-state.ts`. */
  keyFor(principalKey: string): string;
  /** @param authorization the caller's own `Authorization` */
  forOperation(authorization: string | undefined, trace: TraceContext): OperationCredential;
  /**
   * The idempotency key to send for a key of a principal. It is the same in every attempt, process and replica, and different
   * for principals that share a credential.
   */
  idempotencyKey(principalKey: string, key: string): string;
  close(): void;
}

/** Each caller's own `Authorization`, unchanged: `AUTH_MODE=forward`. */
export class ForwardedCredentials implements Credentials {
  readonly #apiVersion: string;

  constructor(apiVersion: string) {
    this.#apiVersion = apiVersion;
  }

  keyFor(principalKey: string): string {
    return principalKey;
  }

  forOperation(authorization: string | undefined, trace: TraceContext): OperationCredential {
    return new ForwardedCredential(
      authorization === undefined ? undefined : sharedHeaders(this.#apiVersion, authorization, trace),
    );
  }

  idempotencyKey(_principalKey: string, key: string): string {
    return key;
  }

  close(): void {
    // Nothing is open.
  }
}

class ForwardedCredential implements OperationCredential {
  readonly headers: HttpHeaders | undefined;
  readonly isOwn = false;

  constructor(headers: HttpHeaders | undefined) {
    this.headers = headers;
  }

  async prepare(): Promise<void> {
    if (this.headers !== undefined) return;
    throw new UpstreamError('UNAUTHENTICATED', 'The request has no `Authorization` header.');
  }

  reject(): boolean {
    return false;
  }
}
