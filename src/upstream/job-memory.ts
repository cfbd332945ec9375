import { LRUCache } from 'lru-cache';
import * as rest from '../contract/demand-api.js';
import { digest } from './digest.js';
import { UpstreamError } from './errors.js';
import { bodies } from './validation.js';

/** How long after its creation a job may be 404 and still counts as at work. */
export const JOB_APPEARS_WITHIN_MS = 10_000;

const MAX_CREATED = 10_000;
const MAX_FINISHED = 10_000;
const MAX_FINISHED_BYTES = 16 * 1024 * 1024;

/** What is remembered of one job. */
export interface JobRecord {
  /** Its id, where it was created within {@link JOB_APPEARS_WITHIN_MS}. */
  readonly createdId?: string | undefined;
  /** The body that told of its end. */
  readonly finished?: string | undefined;
}

/**
 * Where it is kept what is known of jobs, by digests of their credentials and paths. It is asked over the wire where
 * several processes share one, so that everything can reject.
 */
export interface JobRecords {
  find(key: string): Promise<JobRecord>;
  noteCreated(key: string, jobId: string): Promise<void>;
  noteFinished(key: string, body: string): Promise<void>;
}

/** Kept in the memory of this process, the latest of them. */
export class JobRecordsInMemory implements JobRecords {
  readonly #created = new LRUCache<string, string>({ max: MAX_CREATED, ttl: JOB_APPEARS_WITHIN_MS });
  readonly #finished = new LRUCache<string, string>({ max: MAX_FINISHED, maxSize: MAX_FINISHED_BYTES });

  async find(key: string): Promise<JobRecord> {
    return { createdId: this.#created.get(key), finished: this.#finished.get(key) };
  }

  async noteCreated(key: string, jobId: string): Promise<void> {
    this.#created.set(key, jobId);
  }

  async noteFinished(key: string, body: string): Promise<void> {
    this.#finished.set(key, body, { size: Math.max(1, body.length) });
  }
}

/**
 * What is known of batch jobs beyond the answer at hand: a job that was created a moment ago may not be seen yet, and
 * one that is over stays over, even where a replica behind the API still shows it at work.
 */
export class JobMemory {
  readonly #records: JobRecords;

  constructor(records: JobRecords) {
    this.#records = records;
  }

  /** To be waited for before anybody is told of the job. Never rejects: the job has been created, whoever remembers it. */
  async created(credentialKey: string, path: string, jobId: string): Promise<void> {
    await this.#records.noteCreated(keyOf(credentialKey, path), jobId).catch(() => undefined);
  }

  /**
   * What an answer amounts to.
   *
   * @param job null for a 404
   * @param body what it was read from
   * @throws {UpstreamError} where nobody can tell whether a job that seems to be at work, or not there, is
   */
  async amend(
    credentialKey: string,
    path: string,
    job: rest.BatchJob | null,
    body: string,
  ): Promise<rest.BatchJob | null> {
    const key = keyOf(credentialKey, path);
    if (job !== null && isOver(job)) {
      await this.#records.noteFinished(key, body).catch(() => undefined);
      return job;
    }
    const { createdId, finished } = await this.#records.find(key).catch((cause: unknown) => {
      throw new UpstreamError('UNAVAILABLE', 'What became of the job is not known at the moment.', { cause });
    });
    const seen =
      job ?? (createdId === undefined ? null : { job_id: createdId, status: rest.JobStatus.Processing });
    return seen !== null && finished !== undefined ? bodies.batchJob(JSON.parse(finished)) : seen;
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
function isOver(job: rest.BatchJob): boolean {
  try {
    return FINISHED.has(job.status.toUpperCase());
  } catch {
    return false;
  }
}
