import { changeRun, CLOCK_USER_ID } from './changes.js';
import { decideByClock } from './rules/fielding-run.js';
import type { Database } from './store/database.js';
import { findDueRuns } from './store/fielding-runs.js';

/**
 * Makes up for the time that has passed: starts and completes what was due by `now`, as if it had happened on time. Run
 * before anything is read or changed, it stands in for timers, and works with any clock.
 */
export function settle(database: Database, now: number): void {
  const due = findDueRuns(database, now);
  if (due.length === 0) return;
  database.transaction(() => {
    for (const found of due) {
      let run = found;
      for (let step = decideByClock(run, now); step !== undefined; step = decideByClock(run, now)) {
        const at = Math.max(step.at, run.lastChangedAt);
        run = changeRun(database, run, step.change, {
          at,
          cause: 'clock',
          operation: step.operation,
          userId: CLOCK_USER_ID,
          reason: step.reason,
        });
      }
    }
  });
}
