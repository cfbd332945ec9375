import { LRUCache } from 'lru-cache';

/** The body of a fielding run as it last came, and the entity tag to ask with whether it still is the same. */
export interface CachedFieldingRun {
  readonly entityTag: string;
  /** A character for each byte. */
  readonly octets: string;
}

const MAX_ENTRIES = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Fielding runs by entity tag, for each credential. What is in it is never served without asking: a 304 saves the body,
 * not the question. The least recently used go first.
 */
export class FieldingRunCache {
  readonly #runs = new LRUCache<string, CachedFieldingRun>({ max: MAX_ENTRIES, maxSize: MAX_BYTES });

  get(credentialKey: string, path: string): CachedFieldingRun | undefined {
    return this.#runs.get(keyOf(credentialKey, path));
  }

  set(credentialKey: string, path: string, cached: CachedFieldingRun): void {
    this.#runs.set(keyOf(credentialKey, path), cached, { size: Math.max(1, cached.octets.length) });
  }
}

function keyOf(credentialKey: string, path: string): string {
  return `${credentialKey} ${path}`;
}
