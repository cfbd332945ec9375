/** A lagging replica of the API may answer 404 for a moment, so only this many in a row show that a resource is gone. */
const MIN_NOT_FOUND = 3;

/**
 * Counts consecutive 404s of a resource. It is gone after {@link MIN_NOT_FOUND} of them that span at least as long as that many polls:
 * hints can cause a read every 50 ms, while a replica may lag by a second.
 */
export class NotFoundStreak {
  readonly #minMs: number;
  #count = 0;
  #since = 0;

  /** @param pollMs the shortest time between two polls, in milliseconds */
  constructor(pollMs: number) {
    this.#minMs = (MIN_NOT_FOUND - 1) * pollMs;
  }

  /** Whether the last read was answered with 404. */
  get isNotFound(): boolean {
    return this.#count > 0;
  }

  /** @param now in milliseconds, on any monotonic clock */
  isGone(now: number): boolean {
    return this.#count >= MIN_NOT_FOUND && now - this.#since >= this.#minMs;
  }

  /** Records the result of a read. */
  record(exists: boolean, now: number): void {
    if (exists) this.#count = 0;
    else {
      if (this.#count === 0) this.#since = now;
      this.#count += 1;
    }
  }
}
