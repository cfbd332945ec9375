import { FieldingRunStatus, StatusChangeReason } from '../../contract/demand-api.js';

/** The state that the rules depend on. Times are milliseconds since the epoch. */
export interface RunState {
  readonly status: FieldingRunStatus;
  readonly startAt: number;
  readonly endAt: number;
  readonly currentCompletes: number;
  readonly fillingGoal: number;
  readonly archived: boolean;
}

export type RunAction = 'launch_now' | 'pause' | 'resume' | 'complete' | 'relaunch';

type RejectionCode =
  'StatusTransitionNotAllowed' | 'TargetGroupIsArchived' | 'FillingGoalReached' | 'FieldingPeriodEnded';

/** Why an action is not allowed. Batch jobs report `code` too. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly description: string;
}

export interface RunChange {
  readonly status: FieldingRunStatus;
  readonly startAt: number;
  readonly endAt: number;
}

export type Decision = { readonly change: RunChange } | { readonly rejection: Rejection };

const { Scheduled, Live, Paused, Completed } = FieldingRunStatus;

const transitions: Readonly<
  Record<RunAction, { readonly from: readonly FieldingRunStatus[]; readonly to: FieldingRunStatus }>
> = {
  launch_now: { from: [Scheduled], to: Live },
  pause: { from: [Live], to: Paused },
  resume: { from: [Paused], to: Live },
  complete: { from: [Scheduled, Live], to: Completed },
  relaunch: { from: [Completed], to: Live },
};

/** Decides what `action` does to a run at `now`, or why it is rejected. */
export function decide(action: RunAction, run: RunState, now: number): Decision {
  const { from, to } = transitions[action];
  if (run.archived) return reject('TargetGroupIsArchived', 'The target group is archived.');
  if (!from.includes(run.status)) {
    return reject(
      'StatusTransitionNotAllowed',
      `A fielding run that is ${run.status} does not allow ${action}.`,
    );
  }
  if (action === 'resume' || action === 'relaunch') {
    if (goalReached(run)) return reject('FillingGoalReached', 'The completes goal is already reached.');
    if (now >= run.endAt) return reject('FieldingPeriodEnded', 'The end of the fielding period has passed.');
  }
  return { change: { status: to, ...periodAfter(action, run, now) } };
}

/** Decides whether a run's period may change. A completed run must be relaunched first. */
export function decidePeriod(period: Pick<RunChange, 'startAt' | 'endAt'>, run: RunState): Decision {
  if (run.archived) return reject('TargetGroupIsArchived', 'The target group is archived.');
  if (run.status === Completed) return reject('StatusTransitionNotAllowed', 'The fielding run is completed.');
  return { change: { status: run.status, ...period } };
}

/** A change caused by time. `at`: when it was due. */
interface DueChange {
  readonly operation: 'start' | 'complete';
  readonly at: number;
  readonly change: RunChange;
  readonly reason?: StatusChangeReason;
}

/**
 * The change that is due by `now`, and when it was due: a scheduled run goes live at its start, and a live one
 * completes at its end or when it reaches its goal.
 */
export function decideByClock(run: RunState, now: number): DueChange | undefined {
  const { startAt, endAt } = run;
  if (run.status === Scheduled && now >= startAt) {
    return { operation: 'start', at: startAt, change: { status: Live, startAt, endAt } };
  }
  if (run.status === Live && now >= endAt) {
    const reason = StatusChangeReason.PastScheduledEndDate;
    return { operation: 'complete', at: endAt, change: { status: Completed, startAt, endAt }, reason };
  }
  if (run.status === Live && goalReached(run)) {
    const reason = StatusChangeReason.TotalCompletesReached;
    return { operation: 'complete', at: now, change: { status: Completed, startAt, endAt }, reason };
  }
  return undefined;
}

/** Launching early moves the period to now and keeps its planned length. */
function periodAfter(action: RunAction, run: RunState, now: number): Pick<RunChange, 'startAt' | 'endAt'> {
  if (action !== 'launch_now') return { startAt: run.startAt, endAt: run.endAt };
  return { startAt: now, endAt: now + (run.endAt - run.startAt) };
}

function goalReached(run: RunState): boolean {
  return run.currentCompletes >= run.fillingGoal;
}

function reject(code: RejectionCode, description: string): Decision {
  return { rejection: { code, description } };
}
