import { WebhookDeliveryStatus } from '../../contract/demand-api.js';
import type { DueDelivery, Progress } from '../store/deliveries.js';
import type { DeliveryOptions } from './options.js';
import type { Outcome } from './post.js';

const { Delivered, Undelivered, Expired } = WebhookDeliveryStatus;

/** Decides where a delivery stands after an attempt that ended at `now` with `outcome`. */
export function afterAttempt(
  { attempts: earlier, expiresAt }: Pick<DueDelivery, 'attempts' | 'expiresAt'>,
  { status: responseStatus, failure }: Outcome,
  now: number,
  options: Pick<DeliveryOptions, 'retryBaseMs' | 'retryMaxMs' | 'maxAttempts'>,
): Progress {
  const attempts = earlier + 1;
  const recorded = { attempts, responseStatus, failure };
  if (failure === null) return { status: Delivered, nextAttemptAt: null, ...recorded };
  const next = now + Math.min(options.retryBaseMs * 2 ** earlier, options.retryMaxMs);
  if (attempts >= options.maxAttempts || next >= expiresAt) {
    return { status: Expired, nextAttemptAt: null, ...recorded };
  }
  return { status: Undelivered, nextAttemptAt: next, ...recorded };
}
