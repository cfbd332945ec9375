import { randomFillSync } from 'node:crypto';
import { parseTraceParent, TraceState } from '@opentelemetry/core';

/**
 * The part of a distributed trace that one operation is (W3C Trace Context, https://www.w3.org/TR/trace-context/).
 *
 * - `traceId`: 32 lower-case hexadecimal digits
 * - `traceFlags`: the flags of the caller's `traceparent` that have a meaning (bit 0: sampled, bit 1: random trace id)
 * - `traceState`: the caller's `tracestate`, or undefined if there is no valid one
 */
export interface TraceContext {
  readonly traceId: string;
  readonly traceFlags: number;
  readonly traceState: string | undefined;
  /** 16 lower-case hexadecimal digits: the span that what happens here is part of. Undefined where none is known. */
  readonly spanId?: string;
}

/** All other flags are reserved and must be sent as zero (W3C Trace Context, 3.2.2.5). */
const KNOWN_FLAGS = 0b11;

/**
 * Continues a valid incoming trace; starts a new one, not sampled and without state, where `traceparent` is missing or
 * invalid (W3C Trace Context, 4.3).
 */
export function continueTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent.trim());
  if (parent === null) return newTrace();
  const state = tracestate === undefined ? '' : new TraceState(tracestate).serialize();
  return {
    traceId: parent.traceId,
    traceFlags: parent.traceFlags & KNOWN_FLAGS,
    traceState: state === '' ? undefined : state,
    spanId: parent.spanId,
  };
}

/** A trace that begins here: not sampled, and without state. */
export function newTrace(): TraceContext {
  return { traceId: randomHex(16), traceFlags: 0, traceState: undefined };
}

/** The `traceparent` of one call made within `trace`: the same trace id with a parent id of its own. */
export function nextTraceparent(trace: TraceContext): string {
  return traceparentOf(trace, randomHex(8));
}

/** The `traceparent` that makes a span of `trace` the parent of what the receiver does. */
export function traceparentOf({ traceId, traceFlags }: TraceContext, spanId: string): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** A pool of random bytes: one call to the random source is enough for hundreds of ids. */
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** Random lower-case hexadecimal digits, never all zero (which the specification reserves for invalid ids). */
function randomHex(bytes: 8 | 16): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  return ZEROS.startsWith(hex) ? randomHex(bytes) : hex;
}

const ZEROS = '0'.repeat(32);
