import {
  FieldingRunStatus,
  TargetGroupStatus,
  type DraftJobFailureReason,
} from '../../contract/demand-api.js';
import { actorOf, STATUS_BY_RUN, statusChange } from '../changes.js';
import type { Services } from '../services.js';
import { applyDueChanges } from '../due-changes.js';
import { recordChanges } from '../events.js';
import { completeDraftJob, failDraftJob, findDraftJob, type DraftJobRecord } from '../store/draft-jobs.js';
import { recordEffect } from '../store/effects.js';
import { insertRun, touch } from '../store/fielding-runs.js';
import { findTargetGroup } from '../store/target-groups.js';

const FIRST_VERSION = 1;

/** Launches or schedules one draft in a single step. */
export function stepDraftJob(services: Services, jobId: string): false {
  const { database, clock } = services;
  const now = clock.now();
  applyDueChanges(services, now);
  return database.transaction(() => {
    const job = findDraftJob(database, jobId);
    if (job === undefined) return false;
    const failure = failureOf(services, job, now);
    if (failure === undefined) completeDraftJob(database, jobId, createRun(services, job, now));
    else failDraftJob(database, jobId, failure);
    return false;
  });
}

/**
 * Checks a draft when its job runs: the contract documents neither 404 nor 422 for creating the job, so a missing
 * draft or an invalid period fails the job instead.
 */
function failureOf(
  { database }: Services,
  job: DraftJobRecord,
  now: number,
): DraftJobFailureReason | undefined {
  const group = findTargetGroup(database, job.accountId, job.projectId, job.targetGroupId);
  if (group === undefined) {
    return { code: 'TargetGroupNotFound', description: 'The project has no such target group.' };
  }
  if (group.status !== TargetGroupStatus.Draft) {
    return {
      code: 'TargetGroupInvalidState',
      description: `The target group is ${group.status}, not a draft.`,
    };
  }
  const startAt = job.startAt ?? now;
  if (startAt < job.createdAt) {
    return invalidDates('start_fielding_at', 'in_the_past', 'The start is in the past.');
  }
  if (job.endAt <= startAt) {
    return invalidDates('end_fielding_at', 'not_after_start', 'The end must be after the start.');
  }
  if (job.endAt <= now) return invalidDates('end_fielding_at', 'in_the_past', 'The end is in the past.');
  return undefined;
}

function invalidDates(name: string, reason: string, detail: string): DraftJobFailureReason {
  return { code: 'InvalidFieldingDates', description: detail, reasons: [{ name, reason, detail }] };
}

function createRun(services: Services, job: DraftJobRecord, now: number): string {
  const { database, newId } = services;
  const id = newId();
  const status = job.kind === 'launch' ? FieldingRunStatus.Live : FieldingRunStatus.Scheduled;
  insertRun(database, {
    id,
    targetGroupId: job.targetGroupId,
    status,
    version: FIRST_VERSION,
    startAt: job.startAt ?? now,
    endAt: job.endAt,
    lastChangedAt: now,
    lastChangedBy: job.createdBy,
  });
  touch(database, job, now);
  recordChanges(services, job, {
    occurredAt: now,
    user: actorOf(job.createdBy),
    changes: [statusChange(TargetGroupStatus.Draft, STATUS_BY_RUN[status])],
  });
  recordEffect(database, {
    at: now,
    cause: 'draft_job',
    operation: `${job.kind}_from_draft`,
    accountId: job.accountId,
    projectId: job.projectId,
    targetGroupId: job.targetGroupId,
    fieldingRunId: id,
    toVersion: FIRST_VERSION,
    fromStatus: 'draft',
    toStatus: status,
    jobId: job.id,
    idempotencyKey: job.idempotencyKey ?? undefined,
  });
  return id;
}
