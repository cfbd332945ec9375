/** The rate limit of a token: `burst` requests at once, then `requestsPerSecond`. Both are above 0. */
export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

export function fullBucket(limit: RateLimit, now: number): Bucket {
  return { tokens: limit.burst, at: now };
}

/** Takes one request from the bucket. If it is empty, `retryAfterSeconds` (an integer, at least 1) is set. */
export function takeFrom(
  bucket: Bucket,
  limit: RateLimit,
  now: number,
): { readonly bucket: Bucket; readonly retryAfterSeconds?: number } {
  const seconds = Math.max(0, now - bucket.at) / 1000;
  const tokens = Math.min(limit.burst, bucket.tokens + seconds * limit.requestsPerSecond);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, at: now } };
  const retryAfterSeconds = Math.max(1, Math.ceil((1 - tokens) / limit.requestsPerSecond));
  return { bucket: { tokens, at: now }, retryAfterSeconds };
}

/** Holds one bucket for each token. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  constructor(private readonly limit: RateLimit) {}

  /** Counts one request. Returns the seconds to wait if the token is over its limit. */
  take(token: string, now: number): number | undefined {
    const bucket = this.#buckets.get(token) ?? fullBucket(this.limit, now);
    const taken = takeFrom(bucket, this.limit, now);
    this.#buckets.set(token, taken.bucket);
    return taken.retryAfterSeconds;
  }

  reset(): void {
    this.#buckets.clear();
  }
}
