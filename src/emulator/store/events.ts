import type { WebhookDeliveryStatus, WebhookEventType } from '../../contract/demand-api.js';
import type { Database } from './database.js';

/** Something that happened in an account. Times are milliseconds since the epoch. */
export interface EventRecord {
  readonly id: string;
  readonly accountId: number;
  readonly type: WebhookEventType;
  readonly data: Readonly<Record<string, unknown>>;
  readonly occurredAt: number;
  readonly createdAt: number;
}

/** How long events are kept, in milliseconds: 30 days. */
const RETENTION = 30 * 86_400_000;

/**
 * Records an event with a pending delivery to each webhook of its account that subscribes to its type; without one,
 * it records nothing. Call it in the transaction that makes the change.
 *
 * @param now the system's time, at which the deliveries are due
 * @param expiresAt the system's time after which they are no longer attempted
 * @returns the number of deliveries
 */
export function recordEvent(
  database: Database,
  event: EventRecord,
  { now, expiresAt }: { readonly now: number; readonly expiresAt: number },
): number {
  const { id, accountId, type, occurredAt, createdAt } = event;
  database.run(
    `INSERT INTO events (id, account_id, type, data, occurred_at, created_at)
    SELECT :id, :accountId, :type, :data, :occurredAt, :createdAt
    WHERE EXISTS (
      SELECT 1 FROM webhooks, json_each(webhooks.events) subscribed
      WHERE account_id = :accountId AND subscribed.value = :type)`,
    { id, accountId, type, data: JSON.stringify(event.data), occurredAt, createdAt },
  );
  return database.run(
    `INSERT INTO deliveries (webhook_id, event_sequence, status, next_attempt_at, expires_at)
    SELECT w.id, e.sequence, 'pending', :now, :expiresAt
    FROM events e JOIN webhooks w ON w.account_id = e.account_id
    WHERE e.id = :id AND e.type IN (SELECT value FROM json_each(w.events))`,
    { id, now, expiresAt },
  );
}

/** Deletes events, and their deliveries, that were recorded more than 30 days before `now`. */
export function forgetOldEvents(database: Database, now: number): void {
  database.run('DELETE FROM events WHERE created_at < :before', { before: now - RETENTION });
}

/** An event in the history of one webhook. */
export interface HistoryEntry extends Pick<EventRecord, 'id' | 'type' | 'data' | 'createdAt'> {
  readonly status: WebhookDeliveryStatus;
}

interface HistoryFilter {
  /** Both ends are included. */
  readonly from: number;
  readonly to: number;
  readonly types?: readonly WebhookEventType[] | undefined;
  readonly statuses?: readonly WebhookDeliveryStatus[] | undefined;
}

interface HistoryPage {
  readonly size: number;
  readonly order: 'asc' | 'desc';
  /** The id of an event of the webhook. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** Lists events by the time at which they were recorded. With `before`, the page holds those directly before it. */
export function listHistory(
  database: Database,
  webhookId: string,
  filter: HistoryFilter,
  { size, order, after, before }: HistoryPage,
): { readonly entries: readonly HistoryEntry[]; readonly hasMore: boolean } {
  const isAscending = (order === 'asc') === (before === undefined);
  const rows = database.all<Omit<HistoryEntry, 'data'> & { readonly data: string }>(
    `SELECT e.id, e.type, e.data, d.status, e.created_at AS createdAt
    FROM deliveries d JOIN events e ON e.sequence = d.event_sequence
    WHERE d.webhook_id = :webhookId
      AND e.created_at BETWEEN :from AND :to
      AND (:types IS NULL OR e.type IN (SELECT value FROM json_each(:types)))
      AND (:statuses IS NULL OR d.status IN (SELECT value FROM json_each(:statuses)))
      AND (:cursor IS NULL OR (e.created_at, e.sequence) ${isAscending ? '>' : '<'} (
        SELECT created_at, sequence FROM events WHERE id = :cursor))
    ORDER BY e.created_at ${isAscending ? 'ASC' : 'DESC'}, e.sequence ${isAscending ? 'ASC' : 'DESC'}
    LIMIT :limit`,
    {
      webhookId,
      from: filter.from,
      to: filter.to,
      types: filter.types === undefined ? null : JSON.stringify(filter.types),
      statuses: filter.statuses === undefined ? null : JSON.stringify(filter.statuses),
      cursor: after ?? before ?? null,
      limit: size + 1,
    },
  );
  const entries = rows
    .slice(0, size)
    .map((row) => ({ ...row, data: JSON.parse(row.data) as HistoryEntry['data'] }));
  return { entries: before === undefined ? entries : entries.toReversed(), hasMore: rows.length > size };
}

/** Whether an id is that of an event in the history of a webhook. */
export function isInHistory(database: Database, webhookId: string, eventId: string): boolean {
  return (
    database.first(
      `SELECT 1 FROM deliveries d JOIN events e ON e.sequence = d.event_sequence
      WHERE d.webhook_id = :webhookId AND e.id = :eventId`,
      { webhookId, eventId },
    ) !== undefined
  );
}
