import {
  FieldingRunStatus,
  TargetGroupStatus,
  type StatusChangeReason,
  type TargetGroupChange,
} from '../contract/demand-api.js';
import { timestamp } from './clock.js';
import type { RunChange } from './rules/fielding-run.js';
import { recordChanges } from './events.js';
import type { Services } from './services.js';
import type { Actor } from './store/changelog.js';
import { recordEffect, type Effect } from './store/effects.js';
import { touch, updateRun, type RunRecord } from './store/fielding-runs.js';

/** The user id of changes that the API itself makes. */
export const SYSTEM_USER_ID = '00000000-0000-4000-8000-000000000000';

/** Who or what changes a run, and when. */
interface ChangeContext extends Pick<
  Effect,
  'at' | 'cause' | 'operation' | 'jobId' | 'idempotencyKey' | 'traceId'
> {
  readonly userId: string;
  /** The reason code of a status change that the API itself makes. */
  readonly reason?: StatusChangeReason | undefined;
}

/**
 * Changes an existing fielding run. This is the only function that does: it raises the version by exactly one, records the effect
 * in the ledger and the differences in the changelog, and emits webhook events. Call it in a transaction.
 */
export function changeRun(
  services: Services,
  run: RunRecord,
  change: RunChange,
  context: ChangeContext,
): RunRecord {
  const { database } = services;
  const { userId, reason, ...effect } = context;
  // A change can be applied late, and the clock can be set back; the history of a run stays in order.
  const at = Math.max(context.at, run.lastChangedAt);
  const changed: RunRecord = {
    ...run,
    ...change,
    version: run.version + 1,
    lastChangedAt: at,
    lastChangedBy: userId,
  };
  updateRun(database, changed);
  touch(database, changed, at);
  recordChanges(services, run, {
    occurredAt: at,
    user: actorOf(userId),
    changes: differences(run, changed, reason),
  });
  recordEffect(database, {
    ...effect,
    at,
    accountId: run.accountId,
    projectId: run.projectId,
    targetGroupId: run.targetGroupId,
    fieldingRunId: run.id,
    fromVersion: run.version,
    toVersion: changed.version,
    fromStatus: run.status,
    toStatus: changed.status,
  });
  return changed;
}

export function actorOf(userId: string): Actor {
  return userId === SYSTEM_USER_ID ? { type: 'system_user' } : { type: 'las_user', las_user_id: userId };
}

function differences(
  before: RunRecord,
  after: RunRecord,
  reason: StatusChangeReason | undefined,
): TargetGroupChange[] {
  const changes: TargetGroupChange[] = [];
  if (before.status !== after.status) {
    changes.push(statusChange(STATUS_BY_RUN[before.status], STATUS_BY_RUN[after.status], reason));
  }
  if (before.startAt !== after.startAt) {
    changes.push({
      object: 'fielding_period_start_date_change',
      new_value: timestamp(after.startAt),
      old_value: timestamp(before.startAt),
    });
  }
  if (before.endAt !== after.endAt) {
    changes.push({
      object: 'fielding_period_end_date_change',
      new_value: timestamp(after.endAt),
      old_value: timestamp(before.endAt),
    });
  }
  return changes;
}

export function statusChange(
  before: TargetGroupStatus,
  after: TargetGroupStatus,
  reason?: StatusChangeReason,
): TargetGroupChange {
  return {
    object: 'status_change',
    new_value: after,
    old_value: before,
    ...(reason !== undefined && { reason_code: reason }),
  };
}

/** The status of a launched target group, unless it is archived. */
export const STATUS_BY_RUN: Readonly<Record<FieldingRunStatus, TargetGroupStatus>> = {
  [FieldingRunStatus.Scheduled]: TargetGroupStatus.Scheduled,
  [FieldingRunStatus.Live]: TargetGroupStatus.Live,
  [FieldingRunStatus.Paused]: TargetGroupStatus.Paused,
  [FieldingRunStatus.Completed]: TargetGroupStatus.Completed,
};
