import { findClient } from '../identity/clients.js';
import type { Services } from '../services.js';
import { findCaller, type Caller } from '../store/accounts.js';
import type { Database } from '../store/database.js';
import { findLocation } from '../store/idempotency-keys.js';
import type { HttpResponse } from './response.js';
import { forbidden, missingHeader, tooManyRequests, unauthorized } from './problem.js';
import type { RateLimiter } from './rate-limit.js';

/** What authorization needs to know about a request. */
export interface RequestInfo {
  readonly header: (name: string) => string | undefined;
  /** The path's account as it was sent; undefined if the path has none. */
  readonly accountId: string | undefined;
}

/**
 * Identifies the caller: checks the token, its rate limit, the header that every call requires, and access to the
 * account. An account that is not a number is left to schema validation.
 *
 * @throws Problem 401, 429, 403
 */
export async function authorize(
  { header, accountId }: RequestInfo,
  services: Services,
  limiter: RateLimiter | undefined,
): Promise<Caller> {
  const token = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
  const caller = token === undefined ? undefined : await callerOf(token, services);
  if (caller === undefined) throw unauthorized();
  const retryAfterSeconds = limiter?.take(caller.token, services.clock.now());
  if (retryAfterSeconds !== undefined) throw tooManyRequests(retryAfterSeconds);
  if (header('cint-api-version') === undefined) throw missingHeader('Cint-API-Version');
  const account = Number(accountId);
  if (accountId !== undefined && Number.isInteger(account) && !caller.accountIds.includes(account)) {
    throw forbidden('The token does not give access to this account.');
  }
  return caller;
}

/** The owner of a demo token, or of an access token. */
async function callerOf(token: string, { database, issuer }: Services): Promise<Caller | undefined> {
  const caller = findCaller(database, token);
  if (caller !== undefined) return caller;
  const clientId = await issuer.clientOf(token);
  const client = clientId === undefined ? undefined : findClient(clientId);
  return client && findCaller(database, client.actsAs);
}

/** The response to the call that first used the request's idempotency key, regardless of its path and body. */
export function replay(
  { header, accountId }: RequestInfo,
  database: Database,
  caller: Caller,
): HttpResponse | undefined {
  const key = header('idempotency-key');
  if (key === undefined) return undefined;
  const location = findLocation(database, { token: caller.token, accountId: Number(accountId), key });
  return location === undefined ? undefined : { status: 201, headers: { location } };
}
