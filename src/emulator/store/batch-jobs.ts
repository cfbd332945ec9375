import type { BatchJobKind, JobStatus } from '../../contract/demand-api.js';
import type { Database } from './database.js';

export interface BatchJobRecord {
  readonly id: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly kind: BatchJobKind;
  readonly idempotencyKey: string | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly status: JobStatus;
}

/** One target group of a job. `failureCode` and `failureDescription` are set if the outcome is `failed`. */
export interface BatchJobItem {
  readonly position: number;
  readonly targetGroupId: string;
  readonly targetGroupName: string | null;
  readonly outcome: 'pending' | 'updated' | 'failed';
  readonly failureCode: string | null;
  readonly failureDescription: string | null;
}

const columns = `
  id, account_id AS accountId, project_id AS projectId, kind, idempotency_key AS idempotencyKey,
  created_by AS createdBy, created_at AS createdAt, status`;

export function insertBatchJob(
  database: Database,
  job: Omit<BatchJobRecord, 'status'>,
  targetGroupIds: readonly string[],
): void {
  database.run(
    `INSERT INTO batch_jobs (id, account_id, project_id, kind, idempotency_key, created_by, created_at, status)
    VALUES (:id, :accountId, :projectId, :kind, :idempotencyKey, :createdBy, :createdAt, 'Processing')`,
    { ...job },
  );
  database.run(
    `INSERT INTO batch_job_items (job_id, position, target_group_id, target_group_name, outcome)
    SELECT :jobId, ids.key, ids.value, g.name, 'pending'
    FROM json_each(:targetGroupIds) ids
    LEFT JOIN target_groups g ON g.id = ids.value AND g.project_id = :projectId`,
    { jobId: job.id, projectId: job.projectId, targetGroupIds: JSON.stringify(targetGroupIds) },
  );
}

export function findBatchJob(database: Database, id: string): BatchJobRecord | undefined {
  return database.first<BatchJobRecord>(`SELECT ${columns} FROM batch_jobs WHERE id = :id`, { id });
}

/** A job's target groups in the order of the request. */
export function listBatchJobItems(database: Database, jobId: string): BatchJobItem[] {
  return database.all<BatchJobItem>(
    `SELECT position, target_group_id AS targetGroupId, target_group_name AS targetGroupName, outcome,
      failure_code AS failureCode, failure_description AS failureDescription
    FROM batch_job_items WHERE job_id = :jobId ORDER BY position`,
    { jobId },
  );
}

export function nextBatchJobItem(
  database: Database,
  jobId: string,
): { readonly position: number; readonly targetGroupId: string } | undefined {
  return database.first(
    `SELECT position, target_group_id AS targetGroupId FROM batch_job_items
    WHERE job_id = :jobId AND outcome = 'pending' ORDER BY position LIMIT 1`,
    { jobId },
  );
}

/** @param failure why the target group could not be updated; undefined if it was */
export function recordBatchJobItem(
  database: Database,
  jobId: string,
  position: number,
  failure: { readonly code: string; readonly description: string } | undefined,
): void {
  database.run(
    `UPDATE batch_job_items
    SET outcome = :outcome, failure_code = :code, failure_description = :description
    WHERE job_id = :jobId AND position = :position`,
    {
      jobId,
      position,
      outcome: failure === undefined ? 'updated' : 'failed',
      code: failure?.code ?? null,
      description: failure?.description ?? null,
    },
  );
}

/** A job fails if it updated none of its target groups. */
export function finishBatchJob(database: Database, jobId: string): void {
  database.run(
    `UPDATE batch_jobs SET status = CASE
      WHEN EXISTS (SELECT 1 FROM batch_job_items WHERE job_id = :jobId AND outcome = 'updated') THEN 'Completed'
      ELSE 'Failed' END
    WHERE id = :jobId`,
    { jobId },
  );
}

export function listProcessingBatchJobs(database: Database): string[] {
  return database
    .all<{ id: string }>(`SELECT id FROM batch_jobs WHERE status = 'Processing' ORDER BY id`)
    .map((row) => row.id);
}
