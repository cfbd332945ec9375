import type * as rest from '../../contract/demand-api.js';
import { dateIn } from '../resources/date-time.js';
import { isNextVersion, isOlder } from '../resources/version.js';

/** The state after a change, which identifies a change whose response was lost or unusable. */
type ExpectedState = { readonly status: rest.FieldingRunStatus } | { readonly period: rest.FieldingPeriod };

/** A change of a fielding run. */
export interface RunChange {
  /** The version that the client saw. */
  readonly from: string;
  readonly expected: ExpectedState;
  /** The success status in the contract. */
  readonly documentedStatus: number;
}

/**
 * Whether a response alone proves that a change was made. A proxy's page, an error body or the client's own version can
 * also come with a 2xx, so the proof is the documented status with a later version.
 *
 * @param version from the response's entity tag; undefined if there is none or it is malformed
 */
export function provesChange(
  { from, documentedStatus }: RunChange,
  status: number,
  version: string | undefined,
): version is string {
  return status === documentedStatus && version !== undefined && isOlder(from, version);
}

/**
 * Whether a run shows that a change was made whose response was lost and whose retry was rejected: the run is exactly one
 * change after the version that the client saw, and in the expected state.
 *
 * @param version the run's version, from its entity tag if it has one
 * @param before the run at `from`, if known: if it was already in the expected state, the change was a different one
 */
export function isMade(
  { from, expected }: RunChange,
  run: rest.FieldingRun,
  version: string,
  before: rest.FieldingRun | undefined,
): boolean {
  const wasExpectedBefore = before !== undefined && isIn(before, expected);
  return isNextVersion(from, version) && isIn(run, expected) && !wasExpectedBefore;
}

/**
 * Whether a run confirms a 2xx that proves nothing by itself: it is in the expected state, at the client's version or one
 * change after it.
 */
export function isConfirmed({ from, expected }: RunChange, run: rest.FieldingRun, version: string): boolean {
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
