import { ByteRingCache } from './byte-ring-cache.js';

/** The latest body of a fielding run, and the entity tag for revalidating it. */
interface CachedFieldingRun {
  readonly entityTag: string;
  /** One character a byte. */
  readonly latin1: string;
}

/** Enough for about 10,000 runs. */
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_RUNS = 32_768;

/** Fielding runs by credential and path. Each use revalidates the entry: a 304 saves the body, not the request. */
export class FieldingRunCache {
  /** Allocated with the first run. */
  #runs: ByteRingCache | undefined;

  get(credentialKey: string, path: string): CachedFieldingRun | undefined {
    const value = this.#runs?.get(keyOf(credentialKey, path));
    if (value === undefined) return undefined;
    const tagEnd = value.indexOf('\n');
    return { entityTag: value.slice(0, tagEnd), latin1: value.slice(tagEnd + 1) };
  }

  set(credentialKey: string, path: string, { entityTag, latin1 }: CachedFieldingRun): void {
    this.#runs ??= new ByteRingCache({ maxBytes: MAX_BYTES, maxValues: MAX_RUNS });
    this.#runs.set(keyOf(credentialKey, path), `${entityTag}\n${latin1}`);
  }
}

function keyOf(credentialKey: string, path: string): string {
  return `${credentialKey} ${path}`;
}
