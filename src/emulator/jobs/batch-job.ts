import { changeRun } from '../changes.js';
import { decideBatchItem, type BatchDecision } from '../rules/batch-job.js';
import type { Services } from '../services.js';
import { applyDueChanges } from '../due-changes.js';
import {
  findBatchJob,
  finishBatchJob,
  nextBatchJobItem,
  recordBatchJobItem,
  type BatchJobRecord,
} from '../store/batch-jobs.js';
import { findRunOfTargetGroup } from '../store/fielding-runs.js';
import { findTargetGroup } from '../store/target-groups.js';

/**
 * Processes a job's next target group. The change and the job's progress are one transaction, so a killed process
 * never repeats a change.
 *
 * @returns whether target groups remain
 */
export function stepBatchJob(services: Services, jobId: string): boolean {
  const { database, clock } = services;
  const now = clock.now();
  applyDueChanges(services, now);
  return database.transaction(() => {
    const job = findBatchJob(database, jobId);
    const item = nextBatchJobItem(database, jobId);
    if (job === undefined || item === undefined) return false;
    const decision = applyTo(services, job, item.targetGroupId, now);
    recordBatchJobItem(
      database,
      jobId,
      item.position,
      'rejection' in decision ? decision.rejection : undefined,
    );
    const more = nextBatchJobItem(database, jobId) !== undefined;
    if (!more) finishBatchJob(database, jobId);
    return more;
  });
}

function applyTo(services: Services, job: BatchJobRecord, targetGroupId: string, now: number): BatchDecision {
  const { database } = services;
  const group = findTargetGroup(database, job.accountId, job.projectId, targetGroupId);
  const run = group && (findRunOfTargetGroup(database, targetGroupId) ?? null);
  const decision = decideBatchItem(job.kind, run, now);
  if ('change' in decision && run) {
    changeRun(services, run, decision.change, {
      at: now,
      cause: 'batch_job',
      operation: job.kind,
      userId: job.createdBy,
      jobId: job.id,
      idempotencyKey: job.idempotencyKey ?? undefined,
    });
  }
  return decision;
}
