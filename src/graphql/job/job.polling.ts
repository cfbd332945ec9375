import { BatchJobStatus } from '../batch-job/batch-job.enum.js';
import { orError } from '../items.js';
import { dateOf, type DateTime } from '../scalars/date-time.js';

const MIN_SECONDS = 1;
const MAX_SECONDS = 10;
/** The job's age, in seconds, at which the delay grows by another second. */
const AGE_STEP_SECONDS = 6;

/** {@link pollAfterSeconds} of a job. A malformed `createdAt` fails its own field, and must not stop polling. */
export function pollingAdvice(
  job: { readonly status: BatchJobStatus; readonly createdAt: DateTime | null },
  now: number,
): number | null {
  const createdAt = orError(() => job.createdAt);
  return pollAfterSeconds(job.status, createdAt instanceof Error ? null : dateOf(createdAt), now);
}

/**
 * The delay before the next poll. It grows with age, because most jobs finish within moments and the rest take long.
 *
 * @param now milliseconds since the epoch
 * @returns whole seconds from 1 to 10; null if the job has finished
 */
export function pollAfterSeconds(status: BatchJobStatus, createdAt: Date | null, now: number): number | null {
  if (status === BatchJobStatus.COMPLETED || status === BatchJobStatus.FAILED) return null;
  const ageSeconds = createdAt === null ? 0 : Math.max(0, (now - createdAt.getTime()) / 1000);
  return Math.min(MAX_SECONDS, MIN_SECONDS + Math.floor(ageSeconds / AGE_STEP_SECONDS));
}
