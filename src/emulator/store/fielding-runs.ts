import type { FieldingRunStatus } from '../../contract/demand-api.js';
import type { RunState } from '../rules/fielding-run.js';
import type { Bindings, Database } from './database.js';

/** A fielding run with the state of its target group that the rules need. */
export interface RunRecord extends RunState {
  readonly id: string;
  readonly accountId: number;
  readonly projectId: string;
  readonly targetGroupId: string;
  readonly version: number;
  readonly lastChangedAt: number;
  readonly lastChangedBy: string;
}

type RunRow = Omit<RunRecord, 'archived'> & { readonly archived: number };

const columns = `
  run_id AS id, account_id AS accountId, project_id AS projectId, id AS targetGroupId, run_status AS status,
  run_version AS version, start_at AS startAt, end_at AS endAt, last_changed_at AS lastChangedAt,
  last_changed_by AS lastChangedBy, current_completes AS currentCompletes, filling_goal AS fillingGoal, archived`;

/** The run of a target group; undefined for a draft. */
export function findRunOfTargetGroup(database: Database, targetGroupId: string): RunRecord | undefined {
  return readRuns(
    database,
    `SELECT ${columns} FROM target_groups_with_runs WHERE id = :targetGroupId AND run_id IS NOT NULL`,
    { targetGroupId },
  )[0];
}

/** The runs that may have a change due by `now`. */
export function findDueRuns(database: Database, now: number): RunRecord[] {
  return readRuns(
    database,
    // CROSS JOIN makes SQLite scan the few target groups at their goal instead of the many live runs.
    `SELECT ${columns} FROM target_groups_with_runs WHERE id IN (
      SELECT target_group_id FROM fielding_runs WHERE status = 'scheduled' AND start_at <= :now
      UNION ALL
      SELECT target_group_id FROM fielding_runs WHERE status = 'live' AND end_at <= :now
      UNION ALL
      SELECT g.id FROM target_groups g CROSS JOIN fielding_runs r ON r.target_group_id = g.id
      WHERE g.current_completes >= g.filling_goal AND g.archived = 0 AND r.status = 'live')`,
    { now },
  );
}

export function insertRun(
  database: Database,
  run: {
    readonly id: string;
    readonly targetGroupId: string;
    readonly status: FieldingRunStatus;
    readonly version: number;
    readonly startAt: number;
    readonly endAt: number;
    readonly lastChangedAt: number;
    readonly lastChangedBy: string;
  },
): void {
  database.run(
    `INSERT INTO fielding_runs
      (id, target_group_id, status, version, start_at, end_at, last_changed_at, last_changed_by)
    VALUES (:id, :targetGroupId, :status, :version, :startAt, :endAt, :lastChangedAt, :lastChangedBy)`,
    run,
  );
}

export function updateRun(database: Database, run: RunRecord): void {
  const { id, status, version, startAt, endAt, lastChangedAt, lastChangedBy } = run;
  database.run(
    `UPDATE fielding_runs SET status = :status, version = :version, start_at = :startAt, end_at = :endAt,
      last_changed_at = :lastChangedAt, last_changed_by = :lastChangedBy
    WHERE id = :id`,
    { id, status, version, startAt, endAt, lastChangedAt, lastChangedBy },
  );
}

/** Updates the timestamps of a target group and its project. */
export function touch(
  database: Database,
  ref: Pick<RunRecord, 'projectId' | 'targetGroupId'>,
  at: number,
): void {
  database.run('UPDATE target_groups SET updated_at = max(updated_at, :at) WHERE id = :id', {
    id: ref.targetGroupId,
    at,
  });
  database.run('UPDATE projects SET last_activity_at = max(last_activity_at, :at) WHERE id = :id', {
    id: ref.projectId,
    at,
  });
}

function readRuns(database: Database, sql: string, bindings: Bindings): RunRecord[] {
  return database.all<RunRow>(sql, bindings).map((row) => ({ ...row, archived: row.archived === 1 }));
}
