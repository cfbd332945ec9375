import { LRUCache } from 'lru-cache';

/** How long after its creation a job may be 404 and still counts as at work. */
const JOB_APPEARS_WITHIN_MS = 10_000;

const MAX_CREATED = 10_000;
const MAX_FINISHED = 10_000;
const MAX_AT_SHORT_PATH = 10_000;
const MAX_FINISHED_BYTES = 16 * 1024 * 1024;

/** What is remembered of one job. */
export interface JobRecord {
  /** Its id, where it was created within {@link JOB_APPEARS_WITHIN_MS}. */
  readonly createdId?: string | undefined;
  /** The body that told of its end, a character for each byte. */
  readonly finished?: string | undefined;
  /** Whether it has been read at the short path, and not at the documented one. */
  readonly isAtShortPath?: boolean | undefined;
}

/**
 * Where it is kept what is known of jobs, by digests of their credentials and paths. It is asked over the wire where
 * several processes share one, so that everything can reject.
 */
export interface JobStore {
  find(key: string): Promise<JobRecord>;
  noteCreated(key: string, jobId: string): Promise<void>;
  noteFinished(key: string, body: string): Promise<void>;
  noteAtShortPath(key: string): Promise<void>;
}

/** Kept in the memory of this process, the latest of them. */
export class InMemoryJobStore implements JobStore {
  readonly #created = new LRUCache<string, string>({ max: MAX_CREATED, ttl: JOB_APPEARS_WITHIN_MS });
  readonly #finished = new LRUCache<string, string>({ max: MAX_FINISHED, maxSize: MAX_FINISHED_BYTES });
  readonly #atShortPath = new LRUCache<string, true>({ max: MAX_AT_SHORT_PATH });

  async find(key: string): Promise<JobRecord> {
    return {
      createdId: this.#created.get(key),
      finished: this.#finished.get(key),
      isAtShortPath: this.#atShortPath.get(key),
    };
  }

  async noteCreated(key: string, jobId: string): Promise<void> {
    this.#created.set(key, jobId);
  }

  async noteFinished(key: string, body: string): Promise<void> {
    this.#finished.set(key, body, { size: Math.max(1, body.length) });
  }

  async noteAtShortPath(key: string): Promise<void> {
    this.#atShortPath.set(key, true);
  }
}
