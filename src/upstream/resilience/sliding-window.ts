/** Counts events of the last `windowMs`, in ten buckets. The caller supplies the time. */
export class SlidingWindow<Kind extends string> {
  readonly #bucketMs: number;
  readonly #buckets: { readonly number: number; readonly counts: Map<Kind, number> }[] = [];

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  add(kind: Kind, now: number): void {
    const number = Math.floor(now / this.#bucketMs);
    let bucket = this.#buckets.at(-1);
    if (bucket?.number !== number) {
      bucket = { number, counts: new Map() };
      this.#buckets.push(bucket);
      if (this.#buckets.length > BUCKETS) this.#buckets.shift();
    }
    bucket.counts.set(kind, (bucket.counts.get(kind) ?? 0) + 1);
  }

  count(kind: Kind, now: number): number {
    const oldest = Math.floor(now / this.#bucketMs) - BUCKETS + 1;
    return this.#buckets.reduce(
      (sum, { number, counts }) => (number < oldest ? sum : sum + (counts.get(kind) ?? 0)),
      0,
    );
  }

  clear(): void {
    this.#buckets.length = 0;
  }
}

const BUCKETS = 10;
