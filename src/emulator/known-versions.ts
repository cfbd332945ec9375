import { LRUCache } from 'lru-cache';
import type { Caller } from './store/accounts.js';
import type { RunRecord } from './store/fielding-runs.js';

const LIMIT = 100_000;

/**
 * Which versions of runs callers can know. A reset starts versions over, so that an entity tag from before it can be that
 * of a state after it; only what a caller has been told since counts then (RFC 9110, 8.8.1: a validator stands for one
 * state).
 */
export class KnownVersions {
  readonly #told = new LRUCache<string, true>({ max: LIMIT });
  #isReset = false;

  reset(): void {
    this.#isReset = true;
    this.#told.clear();
  }

  tell(caller: Caller, run: RunRecord): void {
    if (this.#isReset) this.#told.set(keyOf(caller, run), true);
  }

  knows(caller: Caller, run: RunRecord): boolean {
    return !this.#isReset || this.#told.has(keyOf(caller, run));
  }
}

function keyOf({ token }: Caller, { id, version }: RunRecord): string {
  return `${token} ${id} ${version}`;
}
