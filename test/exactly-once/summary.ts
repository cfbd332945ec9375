import type { ScheduleResult } from './schedule-runner.js';

/** Statistics of many schedules, which show that they were worth running. */
export class Summary {
  schedules = 0;
  effects = 0;
  /** Successes that took more than one attempt. */
  successesAfterRetry = 0;
  /** Requests with an effect whose client was told that the outcome is unknown. */
  unknownWithEffect = 0;
  /** Access tokens that the gateways requested in service mode. */
  tokenRequests = 0;
  readonly outcomes: Record<string, number> = {};
  readonly codes: Record<string, number> = {};

  add({ results, effects }: ScheduleResult): void {
    this.schedules += 1;
    this.effects += effects.length;
    const done = new Set(effects.map(({ trace_id: trace }) => trace));
    for (const { outcome, sent, traceId } of results) {
      this.#count(this.outcomes, outcome.is);
      if ('code' in outcome) this.#count(this.codes, outcome.code);
      if (outcome.is === 'success' && (sent?.changes ?? 0) > 1) this.successesAfterRetry += 1;
      if (outcome.is === 'unknown' && done.has(traceId)) this.unknownWithEffect += 1;
    }
  }

  toString(): string {
    const list = (counts: Readonly<Record<string, number>>): string =>
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    return (
      `${this.schedules} schedules, ${this.effects} effects, ${this.tokenRequests} access tokens; outcomes: ${list(this.outcomes)} ` +
      `(${this.successesAfterRetry} successes after a retry, ${this.unknownWithEffect} unknown with an effect); ${list(this.codes)}`
    );
  }

  #count(counts: Record<string, number>, name: string): void {
    counts[name] = (counts[name] ?? 0) + 1;
  }
}
