import type { DraftJobFailureReason, JobStatus } from '../../contract/demand-api.js';
import type { Database } from './database.js';

/** `launch` runs from now to `endAt`; `schedule` from `startAt` to `endAt`. */
export type DraftJobKind = 'launch' | 'schedule';

export interface DraftJobRecord {
  readonly id: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId: string;
  readonly kind: DraftJobKind;
  readonly startAt: number | null;
  readonly endAt: number;
  readonly idempotencyKey: string | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly status: JobStatus;
  readonly createdFieldingRunId: string | null;
  readonly failureCode: string | null;
  readonly failureDescription: string | null;
  /** Details by property, as JSON. */
  readonly failureReasons: string;
  readonly traceId: string;
}

type NewDraftJob = Omit<
  DraftJobRecord,
  'status' | 'createdFieldingRunId' | 'failureCode' | 'failureDescription' | 'failureReasons'
>;

export function insertDraftJob(database: Database, job: NewDraftJob): void {
  database.run(
    `INSERT INTO draft_jobs
      (id, account_id, project_id, target_group_id, kind, start_at, end_at, idempotency_key, created_by, created_at,
       status, trace_id)
    VALUES
      (:id, :accountId, :projectId, :targetGroupId, :kind, :startAt, :endAt, :idempotencyKey, :createdBy, :createdAt,
       'Processing', :traceId)`,
    { ...job },
  );
}

export function findDraftJob(database: Database, id: string): DraftJobRecord | undefined {
  return database.first<DraftJobRecord>(
    `SELECT id, account_id AS accountId, project_id AS projectId, target_group_id AS targetGroupId, kind,
      start_at AS startAt, end_at AS endAt, idempotency_key AS idempotencyKey, created_by AS createdBy,
      created_at AS createdAt, status, created_fielding_run_id AS createdFieldingRunId,
      failure_code AS failureCode, failure_description AS failureDescription,
      failure_reasons AS failureReasons, trace_id AS traceId
    FROM draft_jobs WHERE id = :id`,
    { id },
  );
}

export function completeDraftJob(database: Database, id: string, createdFieldingRunId: string): void {
  database.run(
    `UPDATE draft_jobs SET status = 'Completed', created_fielding_run_id = :createdFieldingRunId WHERE id = :id`,
    { id, createdFieldingRunId },
  );
}

export function failDraftJob(
  database: Database,
  id: string,
  { code = '', description = '', reasons = [] }: DraftJobFailureReason,
): void {
  database.run(
    `UPDATE draft_jobs SET status = 'Failed', failure_code = :code, failure_description = :description,
      failure_reasons = :reasons
    WHERE id = :id`,
    { id, code, description, reasons: JSON.stringify(reasons) },
  );
}

export function listProcessingDraftJobs(database: Database): string[] {
  return database
    .all<{ id: string }>(`SELECT id FROM draft_jobs WHERE status = 'Processing' ORDER BY id`)
    .map((row) => row.id);
}
