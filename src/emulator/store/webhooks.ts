import type { WebhookEventType } from '../../contract/demand-api.js';
import type { Database } from './database.js';
import { toPage, pageSql, type Page, type PageRequest } from './page.js';

export interface WebhookRecord {
  readonly id: string;
  readonly accountId: number;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly secret: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type WebhookRow = Omit<WebhookRecord, 'events'> & { readonly events: string };

const columns = `
  id, account_id AS accountId, url, events, secret, version, created_at AS createdAt, updated_at AS updatedAt`;

export function insertWebhook(database: Database, webhook: WebhookRecord): void {
  database.run(
    `INSERT INTO webhooks (id, account_id, url, events, secret, version, created_at, updated_at)
    VALUES (:id, :accountId, :url, :events, :secret, :version, :createdAt, :updatedAt)`,
    { ...webhook, events: JSON.stringify(webhook.events) },
  );
}

export function findWebhook(database: Database, accountId: number, id: string): WebhookRecord | undefined {
  const row = database.first<WebhookRow>(
    `SELECT ${columns} FROM webhooks WHERE account_id = :accountId AND id = :id`,
    { accountId, id },
  );
  return row && webhookOf(row);
}

/** Where and with which key deliveries to a webhook are sent now; undefined if it has been deleted. */
export function findEndpoint(
  database: Database,
  id: string,
): Pick<WebhookRecord, 'url' | 'secret'> | undefined {
  return database.first('SELECT url, secret FROM webhooks WHERE id = :id', { id });
}

export function hasWebhooks(database: Database): boolean {
  return database.first('SELECT 1 FROM webhooks LIMIT 1') !== undefined;
}

/** Newest first. */
export function listWebhooks(
  database: Database,
  accountId: number,
  request: PageRequest,
): Page<WebhookRecord> {
  const { condition, order, bindings } = pageSql(request);
  const rows = database.all<WebhookRow>(
    `SELECT ${columns} FROM webhooks WHERE account_id = :accountId AND ${condition} ${order}`,
    { accountId, ...bindings },
  );
  return toPage(rows.map(webhookOf), request);
}

export function updateWebhook(database: Database, webhook: WebhookRecord): void {
  const { id, url, events, secret, version, updatedAt } = webhook;
  database.run(
    `UPDATE webhooks SET url = :url, events = :events, secret = :secret, version = :version, updated_at = :updatedAt
    WHERE id = :id`,
    { id, url, events: JSON.stringify(events), secret, version, updatedAt },
  );
}

/** Its deliveries go with it. */
export function deleteWebhook(database: Database, id: string): void {
  database.run('DELETE FROM webhooks WHERE id = :id', { id });
}

function webhookOf({ events, ...row }: WebhookRow): WebhookRecord {
  return { ...row, events: JSON.parse(events) as WebhookEventType[] };
}
