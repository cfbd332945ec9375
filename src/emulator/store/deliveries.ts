import type { WebhookDeliveryStatus, WebhookEventType } from '../../contract/demand-api.js';
import type { Database } from './database.js';
import type { EventRecord } from './events.js';

/** Identifies the delivery of one event to one webhook. */
export interface DeliveryKey {
  readonly webhookId: string;
  readonly eventSequence: number;
}

/** A delivery that is to be attempted. */
export interface DueDelivery extends DeliveryKey {
  /** Earlier attempts. */
  readonly attempts: number;
  readonly expiresAt: number;
  readonly event: EventRecord;
}

type DueRow = Omit<DueDelivery, 'event' | 'webhookId'> &
  Omit<EventRecord, 'data'> & { readonly data: string };

/** Where a delivery stands after an attempt. `nextAttemptAt`: null if there is none. */
export interface Progress {
  readonly status: WebhookDeliveryStatus;
  readonly nextAttemptAt: number | null;
  readonly attempts: number;
  readonly responseStatus: number | null;
  readonly failure: string | null;
}

/** The ids of webhooks to which something is due, that with the oldest event first. */
export function webhooksWithDueDeliveries(database: Database, now: number): string[] {
  return database
    .all<{ id: string }>(
      // The index leaves out what has been delivered, which is most of the table.
      `SELECT id FROM (
        SELECT w.id, (
          SELECT event_sequence FROM deliveries INDEXED BY deliveries_to_attempt
          WHERE webhook_id = w.id AND next_attempt_at <= :now ORDER BY event_sequence LIMIT 1) AS oldest
        FROM webhooks w)
      WHERE oldest IS NOT NULL ORDER BY oldest`,
      { now },
    )
    .map(({ id }) => id);
}

/** The due delivery of the webhook's oldest event. */
export function nextDelivery(database: Database, webhookId: string, now: number): DueDelivery | undefined {
  const row = database.first<DueRow>(
    `SELECT d.event_sequence AS eventSequence, d.attempts, d.expires_at AS expiresAt, e.id, e.account_id AS accountId,
      e.type, e.data, e.occurred_at AS occurredAt, e.created_at AS createdAt
    FROM deliveries d INDEXED BY deliveries_to_attempt JOIN events e ON e.sequence = d.event_sequence
    WHERE d.webhook_id = :webhookId AND d.next_attempt_at <= :now
    ORDER BY d.event_sequence LIMIT 1`,
    { webhookId, now },
  );
  if (row === undefined) return undefined;
  const { eventSequence, attempts, expiresAt, data, ...event } = row;
  return {
    webhookId,
    eventSequence,
    attempts,
    expiresAt,
    event: { ...event, data: JSON.parse(data) as EventRecord['data'] },
  };
}

/** The system's time of the first attempt after `now`. */
export function nextAttemptAfter(database: Database, now: number): number | undefined {
  return (
    database.first<{ at: number | null }>(
      'SELECT min(next_attempt_at) AS at FROM deliveries WHERE next_attempt_at > :now',
      { now },
    )?.at ?? undefined
  );
}

export function markDelivering(database: Database, { webhookId, eventSequence }: DeliveryKey): void {
  database.run(
    `UPDATE deliveries SET status = 'delivering', next_attempt_at = NULL
    WHERE webhook_id = :webhookId AND event_sequence = :eventSequence`,
    { webhookId, eventSequence },
  );
}

/** Does nothing if the webhook has been deleted meanwhile. */
export function recordProgress(
  database: Database,
  { webhookId, eventSequence }: DeliveryKey,
  { status, nextAttemptAt: next, attempts, responseStatus, failure }: Progress,
): void {
  database.run(
    `UPDATE deliveries SET status = :status, next_attempt_at = :next, attempts = :attempts,
      response_status = :responseStatus, failure = :failure
    WHERE webhook_id = :webhookId AND event_sequence = :eventSequence`,
    { webhookId, eventSequence, status, next, attempts, responseStatus, failure },
  );
}

/** Puts a delivery off until `until`, without a change of its status. */
export function postpone(database: Database, { webhookId, eventSequence }: DeliveryKey, until: number): void {
  database.run(
    `UPDATE deliveries SET next_attempt_at = :until
    WHERE webhook_id = :webhookId AND event_sequence = :eventSequence AND next_attempt_at IS NOT NULL`,
    { webhookId, eventSequence, until },
  );
}

/** Withholds what is due to a webhook until `until`. */
export function bounceDueDeliveries(database: Database, webhookId: string, now: number, until: number): void {
  database.run(
    `UPDATE deliveries SET status = 'bounced', next_attempt_at = :until
    WHERE webhook_id = :webhookId AND next_attempt_at <= :now`,
    { webhookId, now, until },
  );
}

/** Makes deliveries due that an earlier process had begun: they may have arrived or not. */
export function resumeDeliveries(database: Database, now: number): void {
  database.run(
    `UPDATE deliveries SET status = 'pending', next_attempt_at = :now WHERE status = 'delivering'`,
    { now },
  );
}

/** A delivery, spelled as the control surface shows it; times are milliseconds. */
export interface DeliveryRow {
  readonly event_id: string;
  readonly webhook_id: string;
  readonly type: WebhookEventType;
  readonly status: WebhookDeliveryStatus;
  readonly attempts: number;
  readonly next_attempt_at: number | null;
  readonly response_status: number | null;
  readonly failure: string | null;
  readonly created_at: number;
}

/** The newest deliveries, in the order of their events. */
export function listDeliveries(database: Database, limit: number): DeliveryRow[] {
  return database
    .all<DeliveryRow>(
      `SELECT e.id AS event_id, d.webhook_id, e.type, d.status, d.attempts, d.next_attempt_at, d.response_status,
        d.failure, e.created_at
      FROM deliveries d JOIN events e ON e.sequence = d.event_sequence
      ORDER BY d.event_sequence DESC, d.webhook_id DESC LIMIT :limit`,
      { limit },
    )
    .toReversed();
}
