import { Registry } from 'prom-client';
import type { Recorder } from '../recorder.js';
import { createRecorder } from './prometheus-recorder.js';
import { processRegistry } from './process-metrics.js';
import { registerObservables, type Observables } from './observables.js';

/** All metrics of a process, in the form that the primary adds up. */
export type Snapshot = readonly {
  readonly name: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: string;
  readonly values: readonly object[];
}[];

/** The metrics of one gateway. */
export interface Metrics {
  readonly recorder: Recorder;
  /** Adds the metrics that are read on each scrape. */
  observe(observables: Observables): void;
  /** The text that Prometheus scrapes. */
  exposition(): Promise<Exposition>;
  snapshot(): Promise<Snapshot>;
}

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** @param isScraped whether to collect process metrics from now on, rather than from the first scrape */
export function createMetrics({ isScraped }: { readonly isScraped: boolean }): Metrics {
  if (isScraped) processRegistry();
  const registry = new Registry();
  const all = () => Registry.merge([registry, processRegistry()]);
  return {
    recorder: createRecorder(registry),
    observe: (observables) => {
      registerObservables(registry, observables);
    },
    async exposition() {
      const merged = all();
      return { contentType: merged.contentType, body: await merged.metrics() };
    },
    snapshot: () => snapshotOf(all()),
  };
}

/** The library's types do not describe what it returns. */
export async function snapshotOf(registry: Pick<Registry, 'getMetricsAsJSON'>): Promise<Snapshot> {
  return (await registry.getMetricsAsJSON()) as unknown as Snapshot;
}
