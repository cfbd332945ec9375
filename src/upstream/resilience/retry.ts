import type { CallKind } from '../http/call.js';
import type { UpstreamError } from '../errors.js';

export interface RetryPolicy {
  /** The most attempts of a call, the first included. */
  readonly maxAttempts: number;
  /** The longest wait before the second attempt; it doubles with each attempt. Milliseconds. */
  readonly baseDelayMs: number;
  /** Where doubling stops. Milliseconds. */
  readonly maxDelayMs: number;
}

/** What a decision depends on. */
export interface FailedAttempt {
  readonly kind: CallKind;
  readonly error: UpstreamError;
  /** 1 for the first. */
  readonly attempt: number;
  /** From 0 to 1, random. */
  readonly random: number;
}

/**
 * Whether a failed attempt is made again, and after how long.
 *
 * The wait is exponential with full jitter; what the API asks for (`Retry-After`) is the least.
 *
 * @returns milliseconds; undefined where the failure stands
 */
export function retryDelayMs(
  { kind, error, attempt, random }: FailedAttempt,
  policy: RetryPolicy,
): number | undefined {
  if (attempt >= policy.maxAttempts || !canPass(error, kind)) return undefined;
  const backoff = random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return Math.max(backoff, (error.details.retryAfterSeconds ?? 0) * 1000);
}

/** Whether a failure can be over at the next attempt. */
function canPass({ code, details }: UpstreamError, kind: CallKind): boolean {
  if (details.notAdmitted === true) return false;
  switch (code) {
    case 'RATE_LIMITED':
    case 'TIMEOUT':
      return true;
    case 'UNAVAILABLE':
      // After a 500 the API itself has failed. It is not asked for a change again that it cannot recognise.
      return details.status !== 500 || kind !== 'conditional';
    default:
      return false;
  }
}
