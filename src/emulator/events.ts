import { randomUUID } from 'node:crypto';
import { WebhookEventType } from '../contract/demand-api.js';
import type { Services } from './services.js';
import { insertChanges, type ChangelogEntry } from './store/changelog.js';
import { recordEvent } from './store/events.js';
import type { TargetGroupRecord } from './store/target-groups.js';

// `session-updated` is never emitted: the emulator has no sessions of single respondents, and the reference does not document the
// event's data.

interface TargetGroupRef {
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId: string;
}

type Recorder = Pick<Services, 'database' | 'clock' | 'newId' | 'sender'>;

/**
 * Records changes of a target group in its changelog, and emits events to the webhooks of its account. Call it in the transaction
 * that makes the changes.
 */
export function recordChanges(
  services: Recorder,
  group: TargetGroupRef,
  entry: Omit<ChangelogEntry, 'sequence' | 'id'>,
): void {
  const { occurredAt, user, changes } = entry;
  if (changes.length === 0) return;
  const id = insertChanges(services.database, group.targetGroupId, entry);
  tell(services, group, WebhookEventType.TargetGroupUpdated, id, occurredAt, {
    user,
    // The API's deliveries contain new values, not old ones.
    changes: changes.map(({ object, new_value: value }) => ({ object, new_value: value })),
  });
}

/**
 * Emits an event with the progress of a target group's quota to the webhooks of its account. The reference names the event but
 * not the shape of its data, so this has the names that the API uses elsewhere. Call it in the transaction that changes the
 * progress.
 */
export function recordQuotaFill(services: Recorder, group: TargetGroupRecord, occurredAt: number): void {
  const { accountId, projectId, id: targetGroupId } = group;
  tell(
    services,
    { accountId, projectId, targetGroupId },
    WebhookEventType.QuotaFillRegistered,
    randomUUID(),
    occurredAt,
    {
      current_completes: group.currentCompletes,
      current_prescreens: group.currentPrescreens,
      filling_goal: group.fillingGoal,
    },
  );
}

function tell(
  { database, clock, newId, sender }: Recorder,
  { accountId, projectId, targetGroupId }: TargetGroupRef,
  type: WebhookEventType,
  id: string,
  occurredAt: number,
  more: Readonly<Record<string, unknown>>,
): void {
  const data = {
    id,
    account_id: accountId,
    project_id: projectId,
    target_group_id: targetGroupId,
    occurred_at: spacedTimestamp(occurredAt),
    ...more,
  };
  const now = Date.now();
  const deliveries = recordEvent(
    database,
    { id: newId(), accountId, type, data, occurredAt, createdAt: clock.now() },
    { now, expiresAt: now + sender.options.expireAfterMs },
  );
  if (deliveries > 0) sender.wake();
}

/** As the API writes times in the data of events: a space for the T, microseconds, and an offset. */
function spacedTimestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '000+00:00');
}
