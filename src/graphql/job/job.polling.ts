import { BatchJobStatus } from '../batch-job/batch-job.enum.js';
import { orError } from '../items.js';
import { dateOf, type Moment } from '../scalars/date-time.js';

const MIN_SECONDS = 1;
const MAX_SECONDS = 10;
/** The advice rises by a second with every so many seconds of the job's age. */
const SECONDS_OF_AGE_A_STEP = 6;

/** {@link pollAfterSeconds} of a job. A time that came broken fails its own field, and says nothing against asking again. */
export function pollingAdvice(
  job: { readonly status: BatchJobStatus; readonly createdAt: Moment | null },
  now: number,
): number | null {
  const createdAt = orError(() => job.createdAt);
  return pollAfterSeconds(job.status, createdAt instanceof Error ? null : dateOf(createdAt), now);
}

/**
 * When to ask again for a job: a young job is often over in a moment, an old one takes its time.
 *
 * @param now milliseconds since the epoch
 * @returns whole seconds from 1 to 10; null where the job is over
 */
export function pollAfterSeconds(status: BatchJobStatus, createdAt: Date | null, now: number): number | null {
  if (status === BatchJobStatus.COMPLETED || status === BatchJobStatus.FAILED) return null;
  const ageSeconds = createdAt === null ? 0 : Math.max(0, (now - createdAt.getTime()) / 1000);
  return Math.min(MAX_SECONDS, MIN_SECONDS + Math.floor(ageSeconds / SECONDS_OF_AGE_A_STEP));
}
