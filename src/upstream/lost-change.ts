import type * as rest from '../contract/demand-api.js';
import { isNextVersion } from './version.js';

/** What a change leads to, by which one whose answer was lost is recognised. */
export type Goal = { readonly status: rest.FieldingRunStatus } | { readonly period: rest.FieldingPeriod };

/**
 * Whether a run is what a change has made of it: exactly one change past the version that it was to be changed from, and
 * what the change leads to. Then what the client asked for has happened.
 *
 * @param version the run's version, from its entity tag where there is one
 * @param before the run at `from`, where that is known: one that was there already has been changed by something else
 */
export function isChanged(
  run: rest.FieldingRun,
  version: string,
  from: string,
  goal: Goal,
  before: rest.FieldingRun | undefined,
): boolean {
  return (
    isNextVersion(from, version) && reached(run, goal) && !(before !== undefined && reached(before, goal))
  );
}

function reached(run: rest.FieldingRun, goal: Goal): boolean {
  if ('status' in goal) return run.status.toUpperCase() === goal.status.toUpperCase();
  const { start_fielding_at: start, end_fielding_at: end } = goal.period;
  return sameMoment(run.start_fielding_at, start) && sameMoment(run.end_fielding_at, end);
}

function sameMoment(one: string | undefined, other: string): boolean {
  return one !== undefined && Date.parse(one) === Date.parse(other);
}
