/** How much more than its part a worker may have before it gives something up. */
const TOLERANCE = 0.1;

/**
 * How many connections each worker is to give up, so that others get them. The operating system gives a new connection
 * to whichever worker is quickest, often the same one, and connections last.
 *
 * @param counts how many each has
 */
export function excesses(counts: readonly number[]): readonly number[] {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const allowed = Math.max(Math.ceil(mean), Math.floor(mean * (1 + TOLERANCE)));
  return counts.map((count) => Math.max(0, count - allowed));
}

/** Who has connections: a worker. */
export interface Holder {
  /** Lets so many connections end with their next answers. */
  shed(connections: number): void;
}

/** Keeps the connections of workers even. */
export class Balance {
  readonly #counts = new Map<Holder, number>();

  note(holder: Holder, connections: number): void {
    this.#counts.set(holder, connections);
  }

  /** It does not take part any more. */
  forget(holder: Holder): void {
    this.#counts.delete(holder);
  }

  restore(): void {
    const holders = [...this.#counts.keys()];
    const shed = excesses([...this.#counts.values()]);
    holders.forEach((holder, nth) => {
      const connections = shed[nth] ?? 0;
      if (connections > 0) holder.shed(connections);
    });
  }
}
