import { Registry } from 'prom-client';
import type { Recorder } from '../recorder.js';
import { createRecorder } from './prometheus-recorder.js';
import { processRegistry } from './process-metrics.js';
import { registerReadings, type Readings } from './readings.js';
import { snapshotOf, type Snapshot } from './snapshot.js';

/** The metrics of one gateway. */
export interface Metrics {
  readonly recorder: Recorder;
  /** Adds the gauges that are read when somebody asks. */
  observe(readings: Readings): void;
  /** The text that Prometheus scrapes. */
  exposition(): Promise<Exposition>;
  snapshot(): Promise<Snapshot>;
}

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** @param isScraped whether to observe the process from now on, and not only when somebody asks for the first time */
export function createMetrics({ isScraped }: { readonly isScraped: boolean }): Metrics {
  if (isScraped) processRegistry();
  const registry = new Registry();
  const all = () => Registry.merge([registry, processRegistry()]);
  return {
    recorder: createRecorder(registry),
    observe: (readings) => {
      registerReadings(registry, readings);
    },
    async exposition() {
      const merged = all();
      return { contentType: merged.contentType, body: await merged.metrics() };
    },
    snapshot: () => snapshotOf(all()),
  };
}
