import { randomBytes } from 'node:crypto';

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
  /** 16 lower-case hexadecimal digits: the parent span. Undefined if there is none. */
  readonly spanId?: string;
}

/** All other flags are reserved and must be sent as zero (W3C Trace Context, 3.2.2.5). */
const KNOWN_FLAGS = 0b11;

// Parsed here, because OpenTelemetry's parser loads most of its API, which a process without a collector does not need.
/** Version, trace id, parent id, flags, and what later versions add (3.2.2). */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** A key, with or without a tenant, and a value (3.3.1.3). */
const MEMBER =
  /^([a-z][\da-z_\-*/]{0,255}|[a-z\d][\da-z_\-*/]{0,240}@[a-z][\da-z_\-*/]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAX_STATE_LENGTH = 512;
const MAX_STATE_MEMBERS = 32;

/**
 * Continues a valid incoming trace; starts a new one, not sampled and without state, if `traceparent` is missing or invalid (W3C
 * Trace Context, 4.3).
 */
export function continueTrace(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const [, version, traceId, spanId, flags = '', more] = TRACEPARENT.exec(traceparent?.trim() ?? '') ?? [];
  // Only versions to come may say more.
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) {
    return newTrace();
  }
  return {
    traceId,
    traceFlags: parseInt(flags, 16) & KNOWN_FLAGS,
    traceState: tracestate === undefined ? undefined : validStateIn(tracestate),
    spanId,
  };
}

/** The members of a `tracestate` that are valid, each vendor's first, as far as 512 characters and 32 of them go (3.3.1). */
function validStateIn(tracestate: string): string | undefined {
  const members = new Map<string, string>();
  let length = 0;
  for (const text of tracestate.split(',')) {
    const member = text.trim();
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined || members.has(key)) continue;
    length += member.length + 1;
    // One comma less than members.
    if (length > MAX_STATE_LENGTH + 1 || members.size === MAX_STATE_MEMBERS) break;
    members.set(key, member);
  }
  return members.size === 0 ? undefined : [...members.values()].join(',');
}

/** A trace that begins here: not sampled, and without state. */
export function newTrace(): TraceContext {
  return { traceId: randomHex(32), traceFlags: 0, traceState: undefined };
}

/** The `traceparent` of one call made within `trace`: the same trace id with a new parent id. */
export function nextTraceparent(trace: TraceContext): string {
  return traceparentOf(trace, randomHex(16));
}

/** The `traceparent` that makes a span of `trace` the parent of the receiver's span. */
export function traceparentOf({ traceId, traceFlags }: TraceContext, spanId: string): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Random digits for some hundred ids: to ask the random source and to encode its bytes for each id took 1% of one run. */
const POOL_BYTES = 4096;
let pool = '';
let used = 0;

/** Random lower-case hexadecimal digits, never all zero (which the specification reserves for invalid ids). */
function randomHex(digits: 16 | 32): string {
  if (used + digits > pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    used = 0;
  }
  const hex = pool.slice(used, used + digits);
  used += digits;
  return ZEROS.startsWith(hex) ? randomHex(digits) : hex;
}

const ZEROS = '0'.repeat(32);
