import { ratioTo, spreadOf, type Spread } from '../measure/statistics.js';
import type { OperationSamples } from '../measure/rounds.js';
import type { Sample } from '../measure/sample.js';

/** What a contestant needed for one operation, over the rounds. */
export interface Figures {
  readonly cpuMs: Spread;
  /** CPU time in terms of the baseline's median. */
  readonly ratio: Spread;
  readonly requestsPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** The most so far, over all operations before this one too. */
  readonly peakBytes: number;
  /** Share of a core: the median. */
  readonly busy: number;
}

/**
 * Of each contestant, by its name, in the order of `samples`.
 *
 * @param baseline the contestant that the others are compared with
 * @throws Error where the baseline is not among them
 */
export function figuresOf(samples: OperationSamples, baseline: string): ReadonlyMap<string, Figures> {
  const base = samples.get(baseline);
  if (base === undefined) throw new Error(`Without ${baseline} there is nothing to compare with.`);
  const baseCpuMs = spreadOf(base.map(({ cpuMs }) => cpuMs));
  return new Map(
    [...samples].map(([name, rounds]) => {
      const spread = (of: (sample: Sample) => number) => spreadOf(rounds.map(of));
      const cpuMs = spread((sample) => sample.cpuMs);
      const figures: Figures = {
        cpuMs,
        ratio: ratioTo(baseCpuMs, cpuMs),
        requestsPerSecond: spread((sample) => sample.requestsPerSecond),
        p50Ms: spread((sample) => sample.p50Ms),
        p99Ms: spread((sample) => sample.p99Ms),
        peakBytes: spread((sample) => sample.peakBytes).max,
        busy: spread((sample) => sample.busy).median,
      };
      return [name, figures] as const;
    }),
  );
}
