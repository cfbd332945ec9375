import type { Services } from '../services.js';
import { recordEffect } from '../store/effects.js';
import { rememberLocation } from '../store/idempotency-keys.js';
import type { Call } from './route.js';

interface NewJob {
  readonly id: string;
  readonly operation: string;
  readonly location: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId?: string;
}

/**
 * Records a new job in the ledger and under the caller's idempotency key, so that a retry finds it.
 *
 * @returns the key
 */
export function registerJob(
  { header, caller, traceId, now }: Pick<Call, 'header' | 'caller' | 'traceId' | 'now'>,
  { database }: Services,
  { id, location, ...effect }: NewJob,
): string {
  const key = header('idempotency-key') ?? '';
  recordEffect(database, { ...effect, at: now, cause: 'action', jobId: id, idempotencyKey: key, traceId });
  rememberLocation(database, { token: caller.token, accountId: effect.accountId, key }, location);
  return key;
}
