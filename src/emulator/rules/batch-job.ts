import { FieldingRunStatus, type BatchJobKind } from '../../contract/demand-api.js';
import { decide, type Rejection, type RunAction, type RunChange, type RunState } from './fielding-run.js';

/** The outcome for one target group of a batch job. `reached`: it is already in the requested state. */
export type BatchDecision =
  { readonly reached: true } | { readonly change: RunChange } | { readonly rejection: BatchRejection };

interface BatchRejection {
  readonly code: Rejection['code'] | 'TargetGroupNotFound' | 'TargetGroupIsDraft';
  readonly description: string;
}

const { Live, Paused, Completed } = FieldingRunStatus;

const plans: Readonly<
  Record<BatchJobKind, { readonly wanted: FieldingRunStatus; readonly action: RunAction }>
> = {
  pause: { wanted: Paused, action: 'pause' },
  resume: { wanted: Live, action: 'resume' },
  launch: { wanted: Live, action: 'launch_now' },
  complete: { wanted: Completed, action: 'complete' },
  relaunch: { wanted: Live, action: 'relaunch' },
};

/** @param run the target group's fielding run; undefined if the project has no such target group, null for a draft */
export function decideBatchItem(
  kind: BatchJobKind,
  run: RunState | null | undefined,
  now: number,
): BatchDecision {
  if (run === undefined) {
    return reject('TargetGroupNotFound', 'The project has no such target group.');
  }
  if (run === null)
    return reject('TargetGroupIsDraft', 'The target group is a draft and has not been launched.');
  const { wanted, action } = plans[kind];
  if (run.status === wanted && !run.archived) return { reached: true };
  return decide(action, run, now);
}

function reject(code: BatchRejection['code'], description: string): BatchDecision {
  return { rejection: { code, description } };
}
