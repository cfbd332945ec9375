import { FieldingRunStatus } from '../../contract/demand-api.js';
import type { Services } from '../services.js';
import { settle } from '../settle.js';
import { completeDraftJob, failDraftJob, findDraftJob, type DraftJobRecord } from '../store/draft-jobs.js';
import { recordEffect } from '../store/effects.js';
import { findRunOfTargetGroup, insertRun, touch } from '../store/fielding-runs.js';

const FIRST_VERSION = 1;

/** Launches or schedules one draft, in one step. */
export function stepDraftJob(services: Services, jobId: string): false {
  const { database, clock } = services;
  const now = clock.now();
  settle(database, now);
  return database.transaction(() => {
    const job = findDraftJob(database, jobId);
    if (job === undefined) return false;
    const failure = whyNot(services, job, now);
    if (failure === undefined) completeDraftJob(database, jobId, createRun(services, job, now));
    else failDraftJob(database, jobId, failure);
    return false;
  });
}

/** Checked once more, as the draft may have been launched, and time has passed, since the job was created. */
function whyNot(
  { database }: Services,
  job: DraftJobRecord,
  now: number,
): { code: string; description: string } | undefined {
  if (findRunOfTargetGroup(database, job.targetGroupId) !== undefined) {
    return { code: 'InvalidState', description: 'The target group has been launched meanwhile.' };
  }
  if (job.endAt <= Math.max(job.startAt ?? now, now)) {
    return { code: 'FieldingPeriodEnded', description: 'The end of the fielding period has passed.' };
  }
  return undefined;
}

function createRun({ database, newId }: Services, job: DraftJobRecord, now: number): string {
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
  recordEffect(database, {
    at: now,
    cause: 'draft_job',
    operation: `${job.kind}_from_draft`,
    accountId: job.accountId,
    projectId: job.projectId,
    targetGroupId: job.targetGroupId,
    fieldingRunId: id,
    toVersion: FIRST_VERSION,
    fromStatus: 'Draft',
    toStatus: status,
    jobId: job.id,
    idempotencyKey: job.idempotencyKey ?? undefined,
  });
  return id;
}
