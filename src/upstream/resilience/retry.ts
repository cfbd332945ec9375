import type { CallKind } from '../http/call.js';
import type { UpstreamError } from '../errors.js';

export interface RetryPolicy {
  /** The most attempts of a call, including the first. */
  readonly maxAttempts: number;
  /** The longest wait before the second attempt, in milliseconds. It doubles with each attempt. */
  readonly baseDelayMs: number;
  /** The upper bound of the backoff, in milliseconds. */
  readonly maxDelayMs: number;
}

interface FailedAttempt {
  readonly kind: CallKind;
  readonly error: UpstreamError;
  /** Counts from 1. */
  readonly attempt: number;
  /** A random number from 0 to 1. */
  readonly random: number;
}

/**
 * Whether to retry a failed attempt, and after what delay: exponential backoff with full jitter, but at least the
 * `Retry-After` of the response.
 *
 * @returns milliseconds; undefined if the attempt must not be retried
 */
export function retryDelayMs(
  { kind, error, attempt, random }: FailedAttempt,
  policy: RetryPolicy,
): number | undefined {
  if (attempt >= policy.maxAttempts || !isTransient(error, kind)) return undefined;
  const backoff = random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return Math.max(backoff, (error.details.retryAfterSeconds ?? 0) * 1000);
}

/** Whether the next attempt may succeed. */
function isTransient({ code, details }: UpstreamError, kind: CallKind): boolean {
  if (details.notAdmitted === true) return false;
  switch (code) {
    case 'RATE_LIMITED':
    case 'TIMEOUT':
      return true;
    case 'UNAVAILABLE':
      // The access token was rejected. Whether another one is tried does not depend on this policy.
      if (details.status === 401) return false;
      // After a 500 the API may have made the change, and without a key it would not recognise the retry.
      return details.status !== 500 || kind !== 'conditional';
    default:
      return false;
  }
}
