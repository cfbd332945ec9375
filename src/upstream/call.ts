import type { TraceContext } from '../telemetry/trace-context.js';
import type { Cancellation } from './cancellation.js';
import type { HttpHeaders, HttpRequest } from './http.js';
import { TARGET_GROUPS_BY_ID } from './place.js';
import type { CallKind } from './retry.js';

/** On whose behalf calls are made, and until when. One for each GraphQL operation. */
export interface CallScope {
  /** The `Authorization` to send; undefined where the caller gave none. */
  readonly authorization: string | undefined;
  /** Tells credentials apart in what is shared between operations. */
  readonly credentialKey: string;
  /** The header fields of all calls. */
  readonly common: HttpHeaders;
  readonly trace: TraceContext;
  /** When the operation must be over, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Happens when the caller goes away: ends reads and waiting, never a change that has been sent. */
  readonly callerGone: Cancellation;
}

/** One logical call of the Demand API. */
export interface Call {
  readonly kind: CallKind;
  readonly method: HttpRequest['method'];
  /** Relative to the REST base, with its query. */
  readonly path: string;
  readonly headers?: HttpHeaders;
  readonly json?: unknown;
}

/**
 * The paths below which a change can be seen: the account, since lists and figures of its projects change too, and the target
 * groups that are read by their raw ids, since those paths do not name the account.
 */
export function changedBelow({ path }: Call): readonly string[] {
  const account = /^\/demand\/accounts\/[^/]+/.exec(path)?.[0];
  return account === undefined ? ['/'] : [account, TARGET_GROUPS_BY_ID];
}
