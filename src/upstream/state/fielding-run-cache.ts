import { ByteRingCache } from './byte-ring-cache.js';

/** The body of a fielding run as it last came, and the entity tag to ask with whether it still is the same. */
export interface CachedFieldingRun {
  readonly entityTag: string;
  /** A character for each byte. */
  readonly latin1: string;
}

/** For some 10,000 runs, with their paths. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_RUNS = 32_768;

/**
 * Fielding runs by entity tag, for each credential. What is in it is never served without asking: a 304 saves the body,
 * not the question. Those that came first go first.
 */
export class FieldingRunCache {
  readonly #runs = new ByteRingCache({ maxBytes: MAX_BYTES, maxValues: MAX_RUNS });

  get(credentialKey: string, path: string): CachedFieldingRun | undefined {
    const value = this.#runs.get(keyOf(credentialKey, path));
    if (value === undefined) return undefined;
    const endOfTag = value.indexOf('\n');
    return { entityTag: value.slice(0, endOfTag), latin1: value.slice(endOfTag + 1) };
  }

  set(credentialKey: string, path: string, { entityTag, latin1 }: CachedFieldingRun): void {
    this.#runs.set(keyOf(credentialKey, path), `${entityTag}\n${latin1}`);
  }
}

function keyOf(credentialKey: string, path: string): string {
  return `${credentialKey} ${path}`;
}
