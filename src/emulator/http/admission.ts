import { findCaller, type Caller } from '../store/accounts.js';
import type { Database } from '../store/database.js';
import { findLocation } from '../store/idempotency-keys.js';
import type { HttpAnswer } from './answer.js';
import { forbidden, missingHeader, tooManyRequests, unauthorized } from './problem.js';
import type { RateLimiter } from './rate-limit.js';

/** What of a request decides on who may make it. */
export interface Applicant {
  readonly header: (name: string) => string | undefined;
  /** The path's account as it was sent; undefined where the path has none. */
  readonly accountId: string | undefined;
}

/**
 * Who is calling, if they may: a known token, within its rate, with the header that every call needs, on an account of
 * theirs. An account that is no number is left to the check of syntax.
 *
 * @throws Problem 401, 429, 403
 */
export function admit(
  { header, accountId }: Applicant,
  database: Database,
  limiter: RateLimiter | undefined,
  now: number,
): Caller {
  const token = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
  const caller = token === undefined ? undefined : findCaller(database, token);
  if (caller === undefined) throw unauthorized();
  const retryAfterSeconds = limiter?.take(caller.token, now);
  if (retryAfterSeconds !== undefined) throw tooManyRequests(retryAfterSeconds);
  if (header('cint-api-version') === undefined) throw missingHeader('Cint-API-Version');
  const account = Number(accountId);
  if (accountId !== undefined && Number.isInteger(account) && !caller.accountIds.includes(account)) {
    throw forbidden('The token does not give access to this account.');
  }
  return caller;
}

/** The answer of the call that first used the request's idempotency key, whatever its path and body were. */
export function replay(
  { header, accountId }: Applicant,
  database: Database,
  caller: Caller,
): HttpAnswer | undefined {
  const key = header('idempotency-key');
  if (key === undefined) return undefined;
  const location = findLocation(database, { token: caller.token, accountId: Number(accountId), key });
  return location === undefined ? undefined : { status: 201, headers: { location } };
}
