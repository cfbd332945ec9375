import { LRUCache } from 'lru-cache';
import { entryLimit } from '../entry-limit.js';
import { InMemoryJobStore, JOB_APPEARS_WITHIN_MS, type JobRecord, type JobStore } from '../job-store.js';
import type { RedisConnection } from './connection.js';

const TTL_MS = 86_400_000;
const MAX_SHARED = 10_000;
/** The longest body that is shared: that of a job for a thousand target groups, each with its reason. */
const MAX_BODY_LENGTH = 2 * 1024 * 1024;

/**
 * Keeps records in Redis for 24 hours, and those of this process also in memory. Never rejects: while Redis is unreachable, jobs
 * can be read as if this were the only process.
 */
export class RedisJobStore implements JobStore {
  readonly #redis: RedisConnection;
  readonly #local = new InMemoryJobStore();
  /** Finished jobs that are in Redis already, so that they are not written at every read. */
  readonly #shared = new LRUCache<string, true>(entryLimit(MAX_SHARED));

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async find(key: string): Promise<JobRecord> {
    const local = await this.#local.find(key);
    const shared = await this.#findShared(key);
    if (shared.finished !== undefined) {
      this.#shared.set(key, true);
      await this.#local.recordFinished(key, shared.finished);
    }
    return {
      createdId: local.createdId ?? shared.createdId,
      // A finished job stays finished, whatever Redis has.
      finished: local.finished ?? shared.finished,
      isAtShortPath: local.isAtShortPath ?? shared.isAtShortPath,
    };
  }

  async recordCreated(key: string, jobId: string): Promise<void> {
    await this.#local.recordCreated(key, jobId);
    await this.#store(createdKey(key), jobId, JOB_APPEARS_WITHIN_MS);
  }

  async recordFinished(key: string, body: string): Promise<void> {
    await this.#local.recordFinished(key, body);
    if (this.#shared.has(key) || body.length > MAX_BODY_LENGTH) return;
    if (await this.#store(finishedKey(key), body, TTL_MS)) this.#shared.set(key, true);
  }

  async recordAtShortPath(key: string): Promise<void> {
    await this.#local.recordAtShortPath(key);
    await this.#store(shortPathKey(key), '1', TTL_MS);
  }

  async #findShared(key: string): Promise<JobRecord> {
    const keys = [createdKey(key), finishedKey(key), shortPathKey(key)];
    const [createdId, finished, shortPath] = await this.#redis
      .run((client) => client.mGet(keys))
      .catch((): null[] => []);
    return {
      createdId: createdId ?? undefined,
      finished: finished ?? undefined,
      isAtShortPath: typeof shortPath === 'string' ? true : undefined,
    };
  }

  /** @returns whether it is stored */
  async #store(key: string, value: string, ttlMs: number): Promise<boolean> {
    return await this.#redis
      .run((client) => client.set(key, value, { expiration: { type: 'PX', value: ttlMs } }))
      .then(
        () => true,
        () => false,
      );
  }
}

function createdKey(key: string): string {
  return `job:${key}:created`;
}

function finishedKey(key: string): string {
  return `job:${key}:finished`;
}

function shortPathKey(key: string): string {
  return `job:${key}:at-short-path`;
}
