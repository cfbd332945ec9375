import * as rest from '../../contract/demand-api.js';
import { digest } from './digest.js';
import { UpstreamError } from '../errors.js';
import type { JobStore } from './job-store.js';
import type { BodyReader } from '../resources/validation.js';

/** What every job tells, and all that is known of one that cannot be seen yet. */
export type JobState = Pick<rest.BatchJob & rest.FieldingRunJob, 'job_id' | 'status' | 'created_at'>;

/**
 * What is known of jobs beyond the answer at hand: a job that was created a moment ago may not be seen yet, one
 * that is over stays over, even where a replica behind the API still shows it at work, and one that was found away from
 * its documented path is found there again. `path` is the documented path everywhere, whichever path answered.
 */
export class JobTracker {
  readonly #store: JobStore;

  constructor(store: JobStore) {
    this.#store = store;
  }

  /** To be waited for before anybody is told of the job. Never rejects: the job has been created, whoever remembers it. */
  async created(credentialKey: string, path: string, jobId: string): Promise<void> {
    await this.#store.noteCreated(keyOf(credentialKey, path), jobId).catch(() => undefined);
  }

  /** Whether to ask for the job at its short path first. Never rejects: it only decides which path is asked first. */
  async isAtShortPath(credentialKey: string, path: string): Promise<boolean> {
    const record = await this.#store.find(keyOf(credentialKey, path)).catch(() => undefined);
    return record?.isAtShortPath === true;
  }

  async foundAtShortPath(credentialKey: string, path: string): Promise<void> {
    await this.#store.noteAtShortPath(keyOf(credentialKey, path)).catch(() => undefined);
  }

  /**
   * What an answer amounts to.
   *
   * @param job null for a 404
   * @param body the octets that it was read from
   * @param read reads such octets
   * @throws {UpstreamError} where nobody can tell whether a job that seems to be at work, or not there, is
   */
  async amend<J extends JobState>(
    credentialKey: string,
    path: string,
    job: J | null,
    body: string,
    read: BodyReader<J>,
  ): Promise<J | JobState | null> {
    const key = keyOf(credentialKey, path);
    if (job !== null && isOver(job)) {
      await this.#store.noteFinished(key, body).catch(() => undefined);
      return job;
    }
    const { createdId, finished } = await this.#store.find(key).catch((cause: unknown) => {
      throw new UpstreamError('UNAVAILABLE', 'What became of the job is not known at the moment.', { cause });
    });
    const seen =
      job ?? (createdId === undefined ? null : { job_id: createdId, status: rest.JobStatus.Processing });
    return seen !== null && finished !== undefined ? read(finished) : seen;
  }
}

function keyOf(credentialKey: string, path: string): string {
  return digest([credentialKey, path]);
}

/** In capitals, as statuses are compared everywhere in the gateway. */
const FINISHED: ReadonlySet<string> = new Set(
  [rest.JobStatus.Completed, rest.JobStatus.Failed].map((status) => status.toUpperCase()),
);

/** A status that came broken throws when it is read; the field that shows it is to fail, and no other. */
function isOver(job: JobState): boolean {
  try {
    return FINISHED.has(job.status.toUpperCase());
  } catch {
    return false;
  }
}
