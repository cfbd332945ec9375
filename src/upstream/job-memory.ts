import { LRUCache } from 'lru-cache';
import * as rest from '../contract/demand-api.js';

/** How long after its creation a job may be 404 and still counts as at work. */
export const JOB_APPEARS_WITHIN_MS = 10_000;

const MAX_CREATED = 10_000;
const MAX_FINISHED = 10_000;
const MAX_FINISHED_BYTES = 16 * 1024 * 1024;

/**
 * What is known of batch jobs beyond the answer at hand: a job that was created a moment ago may not be seen yet, and
 * one that is over stays over, even where a replica behind the API still shows it at work.
 */
export class JobMemory {
  readonly #created = new LRUCache<string, string>({ max: MAX_CREATED, ttl: JOB_APPEARS_WITHIN_MS });
  readonly #finished = new LRUCache<string, rest.BatchJob>({
    max: MAX_FINISHED,
    maxSize: MAX_FINISHED_BYTES,
  });

  created(credentialKey: string, path: string, jobId: string): void {
    this.#created.set(`${credentialKey} ${path}`, jobId);
  }

  /** What an answer amounts to. `job` is null for a 404; `bytes` is the size of its body. */
  amend(credentialKey: string, path: string, job: rest.BatchJob | null, bytes: number): rest.BatchJob | null {
    const key = `${credentialKey} ${path}`;
    if (job === null) {
      const jobId = this.#created.get(key);
      if (jobId === undefined) return null;
      return this.#finished.get(key) ?? { job_id: jobId, status: rest.JobStatus.Processing };
    }
    if (!isOver(job)) return this.#finished.get(key) ?? job;
    this.#finished.set(key, job, { size: Math.max(1, bytes) });
    return job;
  }
}

/** In capitals, as statuses are compared everywhere in the gateway. */
const FINISHED: ReadonlySet<string> = new Set(
  [rest.JobStatus.Completed, rest.JobStatus.Failed].map((status) => status.toUpperCase()),
);

/** A status that came broken throws when it is read; the field that shows it is to fail, and no other. */
function isOver(job: rest.BatchJob): boolean {
  try {
    return FINISHED.has(job.status.toUpperCase());
  } catch {
    return false;
  }
}
