import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Cancellation } from '../../cancellation.js';
import type { HttpHeaders, HttpRequest } from './http.js';

/** The caller and the deadline of a GraphQL operation, which all of its calls share. */
export interface CallScope {
  /** Identifies the caller in state that only this caller may see. See `src/state/shared-state.ts`. */
  readonly principalKey: string;
  /** Identifies the credential in state that all callers with the same credential share. See `src/state/shared-state.ts`. */
  readonly credentialKey: string;
  readonly credential: OperationCredential;
  readonly trace: TraceContext;
  /** From `performance.now()`. */
  readonly deadline: number;
  /** Cancelled when the caller disconnects. It ends reads and waits, never a change that has been sent. */
  readonly callerGone: Cancellation;
  /**
   * Cancelled when the call has to pause after a 429 of its principal: callers with other principals then share it no longer.
   * Undefined if none can, and not absent: a scope is copied for each read, and a copy that adds a property costs four times as much.
   */
  readonly sharing: Cancellation | undefined;
  /** Throws if the caller may not make a call. Undefined if the Demand API decides. */
  readonly authorize: ((call: Call) => void) | undefined;
}

/** What authenticates the calls of one operation. */
export interface OperationCredential {
  /** The headers that all calls share, with `Authorization`. Undefined until {@link prepare}, and after {@link reject}. */
  readonly headers: HttpHeaders | undefined;
  /** Whether it is the gateway's own, not the caller's. */
  readonly isOwn: boolean;
  /**
   * Provides {@link headers}, waiting for a token if necessary.
   *
   * @throws {UpstreamError} if there is no credential, or the deadline passes or the caller disconnects first
   */
  prepare(scope: Pick<CallScope, 'deadline' | 'callerGone'>): Promise<void>;
  /**
   * Notes that the API answered 401 to a call with these headers.
   *
   * @returns whether the call may be sent again with other headers
   */
  reject(headers: HttpHeaders): boolean;
}

/**
 * Why a call can be repeated without doing anything twice:
 *
 * - `read`: it changes nothing
 * - `keyed`: the API recognises its idempotency key
 * - `conditional`: `If-Match` lets it apply at most once
 */
export type CallKind = 'read' | 'keyed' | 'conditional';

/** One logical call of the Demand API. */
export interface Call {
  readonly kind: CallKind;
  readonly method: HttpRequest['method'];
  /** Relative to the REST base, with its query. */
  readonly path: string;
  readonly headers?: HttpHeaders;
  readonly json?: unknown;
  /** Where the attempts are counted. Default: nowhere. */
  readonly tally?: AttemptTally;
}

/** A call that has shared the response of an equal one has made no attempt of its own. */
export interface AttemptTally {
  attempts: number;
}
