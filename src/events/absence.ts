/** A resource may be invisible for a moment where a replica behind the API lags. So many 404s in a row say that it is gone. */
const MAX_MISSES = 3;

/**
 * When a resource that is answered with 404 is gone: after so many reads in a row, over at least the time that they take without
 * hints. One hint after another has it read every 50 ms, while a replica lags for a second.
 */
export class Absence {
  readonly #minMs: number;
  #misses = 0;
  #since = 0;

  /** @param pollMs the shortest time between two polls, in milliseconds */
  constructor(pollMs: number) {
    this.#minMs = (MAX_MISSES - 1) * pollMs;
  }

  /** Whether the last read was answered with 404. */
  get isMissing(): boolean {
    return this.#misses > 0;
  }

  /** @param now in milliseconds, on any clock that only goes forward */
  isGone(now: number): boolean {
    return this.#misses >= MAX_MISSES && now - this.#since >= this.#minMs;
  }

  /** A read has shown whether the resource exists. */
  read(exists: boolean, now: number): void {
    if (exists) this.#misses = 0;
    else {
      if (this.#misses === 0) this.#since = now;
      this.#misses += 1;
    }
  }
}
