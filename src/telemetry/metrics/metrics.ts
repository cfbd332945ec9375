import { Registry } from 'prom-client';
import type { Recorder } from '../recorder.js';
import { createRecorder } from './prometheus-recorder.js';
import { processRegistry } from './process-metrics.js';
import { registerObservables, type Observables } from './observables.js';
import { snapshotOf, type Snapshot } from './snapshot.js';

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
