import { randomFillSync } from 'node:crypto';
import { parseTraceParent, TraceState } from '@opentelemetry/core';

/**
 * One operation's place in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/).
 *
 * - `traceId`: 32 lower-case hexadecimal digits
 * - `traceFlags`: the flags of the caller's `traceparent` that have a meaning (bit 0: sampled, bit 1: random trace id)
 * - `traceState`: the caller's `tracestate`, or undefined where there is none that can be passed on
 */
export interface TraceContext {
  readonly traceId: string;
  readonly traceFlags: number;
  readonly traceState: string | undefined;
}

/** All other flags are reserved, and must be zero in what is sent (W3C Trace Context, 3.2.2.5). */
const KNOWN_FLAGS = 0b11;

/**
 * Continues a valid incoming trace; starts a new one, not sampled and without state, where `traceparent` is missing or
 * invalid (W3C Trace Context, 4.3).
 */
export function continueTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent.trim());
  if (parent === null) return { traceId: randomHex(16), traceFlags: 0, traceState: undefined };
  const state = tracestate === undefined ? '' : new TraceState(tracestate).serialize();
  return {
    traceId: parent.traceId,
    traceFlags: parent.traceFlags & KNOWN_FLAGS,
    traceState: state === '' ? undefined : state,
  };
}

/** The `traceparent` of one call made within `trace`: the same trace id with a parent id of its own. */
export function nextTraceparent(trace: TraceContext): string {
  const flags = trace.traceFlags.toString(16).padStart(2, '0');
  return `00-${trace.traceId}-${randomHex(8)}-${flags}`;
}

/** Random bytes in store: one call of the random source gives hundreds of ids. */
const store = Buffer.allocUnsafe(4096);
let used = store.length;

/** Random lower-case hexadecimal digits, never all zero (which the specification reserves for "invalid"). */
function randomHex(bytes: 8 | 16): string {
  if (used + bytes > store.length) {
    randomFillSync(store);
    used = 0;
  }
  const hex = store.toString('hex', used, used + bytes);
  used += bytes;
  return ZEROS.startsWith(hex) ? randomHex(bytes) : hex;
}

const ZEROS = '0'.repeat(32);
