import { LRUCache } from 'lru-cache';
import { entryLimit } from './entry-limit.js';

/** A job may respond with 404 for this long after its creation, and counts as in progress meanwhile. */
export const JOB_APPEARS_WITHIN_MS = 10_000;

const MAX_CREATED = 10_000;
const MAX_AT_SHORT_PATH = 10_000;
const MAX_FINISHED = 10_000;
/** What a smaller body counts as, which bounds how many are kept. */
const MIN_FINISHED_BYTES = 1677;
/** Almost 16 MiB. */
const MAX_FINISHED_BYTES = MAX_FINISHED * MIN_FINISHED_BYTES;

export interface JobRecord {
  /** The job's id, if it was created within {@link JOB_APPEARS_WITHIN_MS}. */
  readonly createdId?: string | undefined;
  /** The body that showed the finished job, as Latin-1. */
  readonly finished?: string | undefined;
  /** Whether the job was found at its short path instead of the documented one. */
  readonly isAtShortPath?: boolean | undefined;
}

/** Stores records of jobs by digests of credential and path. Every method can reject. */
export interface JobStore {
  find(key: string): Promise<JobRecord>;
  recordCreated(key: string, jobId: string): Promise<void>;
  recordFinished(key: string, body: string): Promise<void>;
  recordAtShortPath(key: string): Promise<void>;
}

/** Keeps the most recent records. */
export class InMemoryJobStore implements JobStore {
  readonly #created = new LRUCache<string, string>({
    ...entryLimit(MAX_CREATED),
    ttl: JOB_APPEARS_WITHIN_MS,
  });
  readonly #finished = new LRUCache<string, string>({ maxSize: MAX_FINISHED_BYTES });
  readonly #atShortPath = new LRUCache<string, true>(entryLimit(MAX_AT_SHORT_PATH));

  async find(key: string): Promise<JobRecord> {
    return {
      createdId: this.#created.get(key),
      finished: this.#finished.get(key),
      isAtShortPath: this.#atShortPath.get(key),
    };
  }

  async recordCreated(key: string, jobId: string): Promise<void> {
    this.#created.set(key, jobId);
  }

  async recordFinished(key: string, body: string): Promise<void> {
    this.#finished.set(key, body, { size: Math.max(MIN_FINISHED_BYTES, body.length) });
  }

  async recordAtShortPath(key: string): Promise<void> {
    this.#atShortPath.set(key, true);
  }
}
