import { InMemoryRateLimiter } from '../../state/rate-limiter.js';
import type { Authenticate } from '../authenticate.js';
import { RequestError } from '../request/request-error.js';
import { addressKey } from './rate-limits.js';

const UNAUTHORIZED = 401;

/**
 * Limits authentication failures: rejects all requests of an address for the rest of a minute in which `perMinute` of its tokens
 * were rejected. Each process counts separately, so that no request waits for Redis.
 *
 * @param perMinute 0 for no limit
 */
export function limitFailures(authenticate: Authenticate, perMinute: number): Authenticate {
  if (perMinute === 0) return authenticate;
  const failures = new InMemoryRateLimiter({ perMinute });
  return async (authorization, peer) => {
    const key = addressKey(peer);
    const ms = await failures.exhausted(key);
    if (ms !== undefined) throw tooManyFailures(Math.ceil(ms / 1000));
    try {
      return await authenticate(authorization, peer);
    } catch (error) {
      const isRejected = error instanceof RequestError && error.status === UNAUTHORIZED;
      if (isRejected && authorization !== undefined) await failures.take(key, 1);
      throw error;
    }
  };
}

function tooManyFailures(retryAfterSeconds: number): RequestError {
  return new RequestError(429, 'Too many tokens from your address were rejected. Nothing was done.', {
    code: 'RATE_LIMITED',
    retryAfterSeconds,
  });
}
