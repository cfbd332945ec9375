import { FieldingRunAction, FieldingRunStatus } from './fielding-run.enum.js';

/**
 * What can be done with a run, by its status and end. The API knows more (a goal may have been reached) and has the last
 * word.
 *
 * @param endAt undefined or null counts as not reached
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
