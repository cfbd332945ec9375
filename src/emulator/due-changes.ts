import { changeRun, SYSTEM_USER_ID } from './changes.js';
import { decideByClock } from './rules/fielding-run.js';
import type { Services } from './services.js';
import { findDueRuns, type RunRecord } from './store/fielding-runs.js';

type Step = NonNullable<ReturnType<typeof decideByClock>>;

/**
 * Applies the changes that are due by `now`, as if they had happened on time, in order. It runs before every read
 * and change instead of timers, so it works with any clock.
 */
export function applyDueChanges(services: Services, now: number): void {
  const { database } = services;
  let due = findDueRuns(database, now);
  if (due.length === 0) return;
  database.transaction(() => {
    for (let next = firstDueChange(due, now); next !== undefined; next = firstDueChange(due, now)) {
      const { run, step } = next;
      const changed = changeRun(services, run, step.change, {
        at: step.at,
        cause: 'clock',
        operation: step.operation,
        userId: SYSTEM_USER_ID,
        reason: step.reason,
      });
      due = due.map((other) => (other === run ? changed : other));
    }
  });
}

/** The earliest due change of all runs. */
function firstDueChange(
  runs: readonly RunRecord[],
  now: number,
): { readonly run: RunRecord; readonly step: Step } | undefined {
  const steps = runs.flatMap((run) => {
    const step = decideByClock(run, now);
    return step === undefined ? [] : [{ run, step }];
  });
  return steps.toSorted((one, other) => one.step.at - other.step.at)[0];
}
