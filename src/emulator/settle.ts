import { changeRun, CLOCK_USER_ID } from './changes.js';
import { decideByClock } from './rules/fielding-run.js';
import type { Database } from './store/database.js';
import { findDueRuns, type RunRecord } from './store/fielding-runs.js';

type Step = NonNullable<ReturnType<typeof decideByClock>>;

/**
 * Makes up for the time that has passed: starts and completes what was due by `now`, as if it had happened on time, the
 * earliest first. Run before anything is read or changed, it stands in for timers, and works with any clock.
 */
export function settle(database: Database, now: number): void {
  let due = findDueRuns(database, now);
  if (due.length === 0) return;
  database.transaction(() => {
    for (let next = firstStep(due, now); next !== undefined; next = firstStep(due, now)) {
      const { run, step } = next;
      const settled = changeRun(database, run, step.change, {
        at: step.at,
        cause: 'clock',
        operation: step.operation,
        userId: CLOCK_USER_ID,
        reason: step.reason,
      });
      due = due.map((other) => (other === run ? settled : other));
    }
  });
}

/** The earliest change that time has brought about in any of the runs. */
function firstStep(
  runs: readonly RunRecord[],
  now: number,
): { readonly run: RunRecord; readonly step: Step } | undefined {
  const steps = runs.flatMap((run) => {
    const step = decideByClock(run, now);
    return step === undefined ? [] : [{ run, step }];
  });
  return steps.toSorted((one, other) => one.step.at - other.step.at)[0];
}
