import { FieldingRunAction, FieldingRunStatus } from './fielding-run.enum.js';

/**
 * The actions that a run's status and end allow. The API can still reject one, e.g. because the goal has been reached.
 *
 * @param endAt null counts as not reached
 * @param now milliseconds since the epoch
 */
export function availableActions(
  status: FieldingRunStatus,
  endAt: Date | null,
  now: number,
): readonly FieldingRunAction[] {
  const ended = endAt !== null && endAt.getTime() <= now;
  switch (status) {
    case FieldingRunStatus.SCHEDULED:
      return [FieldingRunAction.LAUNCH_NOW, FieldingRunAction.COMPLETE];
    case FieldingRunStatus.LIVE:
      return [FieldingRunAction.PAUSE, FieldingRunAction.COMPLETE];
    case FieldingRunStatus.PAUSED:
      return ended ? [] : [FieldingRunAction.RESUME];
    case FieldingRunStatus.COMPLETED:
      return ended ? [] : [FieldingRunAction.RELAUNCH];
    case FieldingRunStatus.UNKNOWN:
      return [];
  }
}
