import type { Database } from './database.js';

type Cause = 'action' | 'batch_job' | 'draft_job' | 'clock';

/** One entry of the ledger: a state change or the creation of a job. */
export interface Effect {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly cause: Cause;
  readonly operation: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId?: string | undefined;
  readonly fieldingRunId?: string | undefined;
  readonly fromVersion?: number | undefined;
  readonly toVersion?: number | undefined;
  readonly fromStatus?: string | undefined;
  readonly toStatus?: string | undefined;
  readonly jobId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The trace of the request that caused it; undefined for the clock and a job's progress. */
  readonly traceId?: string | undefined;
}

/** Call it in the transaction that makes the change, so that the ledger stays correct even after a crash. */
export function recordEffect(database: Database, effect: Effect): void {
  database.run(
    `INSERT INTO effects
      (at, cause, operation, account_id, project_id, target_group_id, fielding_run_id, from_version, to_version,
       from_status, to_status, job_id, idempotency_key, trace_id)
    VALUES
      (:at, :cause, :operation, :accountId, :projectId, :targetGroupId, :fieldingRunId, :fromVersion, :toVersion,
       :fromStatus, :toStatus, :jobId, :idempotencyKey, :traceId)`,
    {
      at: effect.at,
      cause: effect.cause,
      operation: effect.operation,
      accountId: effect.accountId,
      projectId: effect.projectId,
      targetGroupId: effect.targetGroupId ?? null,
      fieldingRunId: effect.fieldingRunId ?? null,
      fromVersion: effect.fromVersion ?? null,
      toVersion: effect.toVersion ?? null,
      fromStatus: effect.fromStatus ?? null,
      toStatus: effect.toStatus ?? null,
      jobId: effect.jobId ?? null,
      idempotencyKey: effect.idempotencyKey ?? null,
      traceId: effect.traceId ?? null,
    },
  );
}

/** A row of the ledger, spelled as the control surface shows it; `at` is in milliseconds. */
export interface EffectRow {
  readonly sequence: number;
  readonly at: number;
  readonly cause: Cause;
  readonly operation: string;
  readonly account_id: number;
  readonly project_id: string;
  readonly target_group_id: string | null;
  readonly fielding_run_id: string | null;
  readonly from_version: number | null;
  readonly to_version: number | null;
  readonly from_status: string | null;
  readonly to_status: string | null;
  readonly job_id: string | null;
  readonly idempotency_key: string | null;
  readonly trace_id: string | null;
}

export function listEffects(database: Database): EffectRow[] {
  return database.all<EffectRow>('SELECT * FROM effects ORDER BY sequence');
}
