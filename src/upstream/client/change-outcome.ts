import type * as rest from '../../contract/demand-api.js';
import { dateIn } from '../resources/moment.js';
import { isNextVersion, isOlder } from '../resources/version.js';

/** The state that a change leads to, by which a change without a usable answer is recognised. */
export type ExpectedState =
  { readonly status: rest.FieldingRunStatus } | { readonly period: rest.FieldingPeriod };

/** A change of a fielding run: what it starts from, what it leads to, and how the API says that it was made. */
export interface Change {
  /** The version that the client has seen. */
  readonly from: string;
  readonly expected: ExpectedState;
  /** The only status that the contract documents for its success. */
  readonly documentedStatus: number;
}

/**
 * Whether an answer by itself proves that a change was made. A page of a proxy, an error body or the client's own version
 * can come with a 2xx, too, so that only the documented status together with a later version counts.
 *
 * @param version the version in the answer's entity tag, where it has one that can be used
 */
export function provesChange(
  { from, documentedStatus }: Change,
  status: number,
  version: string | undefined,
): version is string {
  return status === documentedStatus && version !== undefined && isOlder(from, version);
}

/**
 * Whether a run shows that a change was made whose answer was lost, and whose next attempt was refused: the run is exactly
 * one change past the version that the client has seen, and in the state that the change leads to.
 *
 * @param version the run's version, from its entity tag where there is one
 * @param before the run at `from`, where that is known: if it was in the expected state already, another change was made
 */
export function isMade(
  { from, expected }: Change,
  run: rest.FieldingRun,
  version: string,
  before: rest.FieldingRun | undefined,
): boolean {
  const wasSoBefore = before !== undefined && isIn(before, expected);
  return isNextVersion(from, version) && isIn(run, expected) && !wasSoBefore;
}

/**
 * Whether a run shows what a 2xx claims that proves nothing by itself: it is in the expected state, one change past the
 * client's version or still at it, where it was so already.
 */
export function isConfirmed({ from, expected }: Change, run: rest.FieldingRun, version: string): boolean {
  return (version === from || isNextVersion(from, version)) && isIn(run, expected);
}

function isIn(run: rest.FieldingRun, expected: ExpectedState): boolean {
  if ('status' in expected) return run.status.toUpperCase() === expected.status.toUpperCase();
  const { start_fielding_at: start, end_fielding_at: end } = expected.period;
  return sameMoment(run.start_fielding_at, start) && sameMoment(run.end_fielding_at, end);
}

function sameMoment(one: string | undefined, other: string): boolean {
  return one !== undefined && dateIn(one)?.getTime() === dateIn(other)?.getTime();
}
