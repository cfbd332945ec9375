import { LRUCache } from 'lru-cache';
import type * as rest from '../contract/demand-api.js';

/** A fielding run as it was last read, and the entity tag to ask with whether it still is. */
export interface CachedFieldingRun {
  readonly entityTag: string;
  readonly run: rest.FieldingRun;
}

const MAX_ENTRIES = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Fielding runs by entity tag, for each credential. What is in it is never served without asking: a 304 saves the body
 * and its parsing, not the question. The least recently used go first.
 */
export class FieldingRunCache {
  readonly #runs = new LRUCache<string, CachedFieldingRun>({ max: MAX_ENTRIES, maxSize: MAX_BYTES });

  get(credentialKey: string, path: string): CachedFieldingRun | undefined {
    return this.#runs.get(keyOf(credentialKey, path));
  }

  /** @param bytes the size of the body, of which the cache holds a bounded sum */
  set(credentialKey: string, path: string, cached: CachedFieldingRun, bytes: number): void {
    this.#runs.set(keyOf(credentialKey, path), cached, { size: Math.max(1, bytes) });
  }
}

function keyOf(credentialKey: string, path: string): string {
  return `${credentialKey} ${path}`;
}
