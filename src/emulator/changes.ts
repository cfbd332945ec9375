import type { RunChange } from './rules/fielding-run.js';
import type { Database } from './store/database.js';
import { recordEffect, type Effect } from './store/effects.js';
import { touch, updateRun, type RunRecord } from './store/fielding-runs.js';

/** Who or what changes a run, and when. */
export interface Occasion extends Pick<
  Effect,
  'at' | 'cause' | 'operation' | 'jobId' | 'idempotencyKey' | 'traceId'
> {
  readonly userId: string;
}

/**
 * The one place where an existing fielding run changes: its version rises by exactly one, and the ledger has the effect.
 * Call it in a transaction.
 */
export function changeRun(
  database: Database,
  run: RunRecord,
  change: RunChange,
  occasion: Occasion,
): RunRecord {
  const { userId, ...effect } = occasion;
  // A change may be made up for late, or the clock set back; a run's own history never runs backwards.
  const at = Math.max(occasion.at, run.lastChangedAt);
  const changed: RunRecord = {
    ...run,
    ...change,
    version: run.version + 1,
    lastChangedAt: at,
    lastChangedBy: userId,
  };
  updateRun(database, changed);
  touch(database, changed, at);
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
