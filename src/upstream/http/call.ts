import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Cancellation } from './cancellation.js';
import type { HttpHeaders, HttpRequest } from './http.js';

/** The caller and the deadline of a GraphQL operation, which all of its calls share. */
export interface CallScope {
  /** The `Authorization` to send; undefined if the caller sent none. */
  readonly authorization: string | undefined;
  /** Identifies the credential in state that operations share. */
  readonly credentialKey: string;
  readonly sharedHeaders: HttpHeaders;
  readonly trace: TraceContext;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** Cancelled when the caller disconnects. It ends reads and waits, never a change that has been sent. */
  readonly callerGone: Cancellation;
  /** Throws if the caller may not make a call. Default: the Demand API decides. */
  readonly permit?: (call: Call) => void;
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
}
