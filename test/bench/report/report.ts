import { ratioTo, spreadOf, type Spread } from '../measure/statistics.js';
import type { OperationSamples } from '../measure/rounds.js';
import type { Sample } from '../measure/sample.js';

/** The metrics of a contestant for one operation, over all rounds. */
export interface Metrics {
  readonly cpuMs: Spread;
  /** CPU time relative to the baseline's median. */
  readonly ratio: Spread;
  readonly requestsPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** The peak since the start, over all previous operations too. */
  readonly peakBytes: number;
  /** The median share of a core. */
  readonly busy: number;
}

/**
 * Computes the metrics of each contestant, in the order of `samples`.
 *
 * @param baseline the contestant that the others are compared with
 * @throws Error if the baseline is missing
 */
export function metricsOf(samples: OperationSamples, baseline: string): ReadonlyMap<string, Metrics> {
  const base = samples.get(baseline);
  if (base === undefined) throw new Error(`The baseline ${baseline} is missing.`);
  const baseCpuMs = spreadOf(base.map(({ cpuMs }) => cpuMs));
  return new Map(
    [...samples].map(([name, rounds]) => {
      const spread = (of: (sample: Sample) => number) => spreadOf(rounds.map(of));
      const cpuMs = spread((sample) => sample.cpuMs);
      const metrics: Metrics = {
        cpuMs,
        ratio: ratioTo(baseCpuMs, cpuMs),
        requestsPerSecond: spread((sample) => sample.requestsPerSecond),
        p50Ms: spread((sample) => sample.p50Ms),
        p99Ms: spread((sample) => sample.p99Ms),
        peakBytes: spread((sample) => sample.peakBytes).max,
        busy: spread((sample) => sample.coreShare).median,
      };
      return [name, metrics] as const;
    }),
  );
}
