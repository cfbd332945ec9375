import * as rest from '../../contract/demand-api.js';
import { digest } from '../../digest.js';
import { UpstreamError } from '../errors.js';
import type { JobStore } from '../../state/job-store.js';
import type { ResponseBodyReader } from '../resources/validation.js';

/** The properties of every job, and all that is known of one that is not visible yet. */
export type JobState = Pick<rest.BatchJob & rest.FieldingRunJob, 'job_id' | 'status' | 'created_at'>;

/**
 * Corrects responses about jobs by what is already known: a new job may not be visible yet; a finished job stays finished,
 * even if a lagging replica behind the API shows it in progress; and a job found at its short path is read there again.
 * `path` is always the documented path, whichever path the response came from.
 */
export class JobTracker {
  readonly #store: JobStore;

  constructor(store: JobStore) {
    this.#store = store;
  }

  /** Await it before you respond. Never rejects: the job has been created, whether it is recorded or not. */
  async created(principalKey: string, path: string, jobId: string): Promise<void> {
    await this.#store.recordCreated(keyOf(principalKey, path), jobId).catch(() => undefined);
  }

  /** Whether to read the job at its short path first. Never rejects: it only affects the order. */
  async isAtShortPath(principalKey: string, path: string): Promise<boolean> {
    const record = await this.#store.find(keyOf(principalKey, path)).catch(() => undefined);
    return record?.isAtShortPath === true;
  }

  async foundAtShortPath(principalKey: string, path: string): Promise<void> {
    await this.#store.recordAtShortPath(keyOf(principalKey, path)).catch(() => undefined);
  }

  /**
   * The state of a job, given a response about it.
   *
   * @param job null for a 404
   * @param body what `job` was read from, as Latin-1
   * @param read the reader of `body`
   * @throws {UpstreamError} if the store fails, and the job seems to be in progress or missing
   */
  async amend<J extends JobState>(
    principalKey: string,
    path: string,
    job: J | null,
    body: string,
    read: ResponseBodyReader<J>,
  ): Promise<J | JobState | null> {
    const key = keyOf(principalKey, path);
    if (job !== null && isFinished(job)) {
      await this.#store.recordFinished(key, body).catch(() => undefined);
      return job;
    }
    const { createdId, finished } = await this.#store.find(key).catch((cause: unknown) => {
      throw new UpstreamError('UNAVAILABLE', 'The state of the job is not known at the moment.', { cause });
    });
    const seen =
      job ?? (createdId === undefined ? null : { job_id: createdId, status: rest.JobStatus.Processing });
    return seen !== null && finished !== undefined ? read(finished) : seen;
  }
}

function keyOf(principalKey: string, path: string): string {
  return digest([principalKey, path]);
}

const FINISHED: ReadonlySet<string> = new Set(
  [rest.JobStatus.Completed, rest.JobStatus.Failed].map((status) => status.toUpperCase()),
);

/** Whether no other state can follow. Reading a malformed status throws, and only the field that shows it should fail. */
export function isFinished(job: Pick<JobState, 'status'>): boolean {
  try {
    return FINISHED.has(job.status.toUpperCase());
  } catch {
    return false;
  }
}
