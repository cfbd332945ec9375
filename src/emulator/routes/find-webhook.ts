import { WebhookEventType } from '../../contract/demand-api.js';
import { forbidden, notFound } from '../http/problem.js';
import type { Services } from '../services.js';
import { findWebhook, type WebhookRecord } from '../store/webhooks.js';

interface WebhookPath {
  readonly account_id: number;
  readonly webhook_id: string;
}

export const eventTypes = { type: 'array', items: { enum: Object.values(WebhookEventType) } } as const;

/** @throws Problem 404 */
export function webhookAt({ database }: Services, path: WebhookPath): WebhookRecord {
  const webhook = findWebhook(database, path.account_id, path.webhook_id);
  if (webhook === undefined) throw notFound('The webhook');
  return webhook;
}

/** The contract documents no 404 for changes, so an unknown webhook gets a 403. @throws Problem 403 */
export function changeableWebhookAt({ database }: Services, path: WebhookPath): WebhookRecord {
  const webhook = findWebhook(database, path.account_id, path.webhook_id);
  if (webhook === undefined) throw forbidden('The account has no such webhook.');
  return webhook;
}
