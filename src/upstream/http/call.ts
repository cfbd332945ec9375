import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Cancellation } from './cancellation.js';
import type { HttpHeaders, HttpRequest } from './http.js';

/** On whose behalf calls are made, and until when. One for each GraphQL operation. */
export interface CallScope {
  /** The `Authorization` to send; undefined where the caller gave none. */
  readonly authorization: string | undefined;
  /** Tells credentials apart in what is shared between operations. */
  readonly credentialKey: string;
  /** The header fields of all calls. */
  readonly sharedHeaders: HttpHeaders;
  readonly trace: TraceContext;
  /** When the operation must be over, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Happens when the caller goes away: ends reads and waiting, never a change that has been sent. */
  readonly callerGone: Cancellation;
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
