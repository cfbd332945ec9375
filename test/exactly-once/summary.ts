import type { Result } from './lane.js';

/** What a lot of schedules came to: by it a reader, and the test, can tell that they were worth running. */
export class Summary {
  schedules = 0;
  effects = 0;
  /** Successes that took more than one try. */
  mended = 0;
  /** Of requests whose effect stands in the ledger although their client was told that the outcome is unknown. */
  unknownAndDone = 0;
  readonly outcomes: Record<string, number> = {};
  readonly codes: Record<string, number> = {};

  add({ told, effects }: Result): void {
    this.schedules += 1;
    this.effects += effects.length;
    const done = new Set(effects.map(({ trace_id: trace }) => trace));
    for (const { outcome, sent, traceId } of told) {
      this.#count(this.outcomes, outcome.is);
      if ('code' in outcome) this.#count(this.codes, outcome.code);
      if (outcome.is === 'success' && (sent?.changes ?? 0) > 1) this.mended += 1;
      if (outcome.is === 'unknown' && done.has(traceId)) this.unknownAndDone += 1;
    }
  }

  toString(): string {
    const list = (counts: Readonly<Record<string, number>>): string =>
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    return (
      `${this.schedules} schedules, ${this.effects} effects; told ${list(this.outcomes)} ` +
      `(${this.mended} successes after a retry, ${this.unknownAndDone} unknown and done); ${list(this.codes)}`
    );
  }

  #count(counts: Record<string, number>, name: string): void {
    counts[name] = (counts[name] ?? 0) + 1;
  }
}
