import { recordQuotaFill } from './events.js';
import type { Progress, Statistics } from './rules/respondents.js';
import type { Services } from './services.js';
import { updateProgress, type TargetGroupRecord } from './store/target-groups.js';

/** Changes the progress of a target group, and emits webhook events if it has changed. Call it in a transaction. */
export function changeProgress(
  services: Services,
  group: TargetGroupRecord,
  change: Progress & Partial<Statistics>,
  at: number,
): void {
  const hasCompleted = change.currentCompletes !== group.currentCompletes;
  const changed = { ...group, ...change, lastCompleteAt: hasCompleted ? at : group.lastCompleteAt };
  updateProgress(services.database, changed, at);
  if (hasCompleted || change.currentPrescreens !== group.currentPrescreens) {
    recordQuotaFill(services, changed, at);
  }
}
