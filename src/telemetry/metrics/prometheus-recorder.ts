import type { Registry } from 'prom-client';
import type { Recorder } from '../recorder.js';
import { instrumentsOf } from './instruments.js';
import { operationMetrics } from './operation-metrics.js';
import { eventMetrics, sourceMetrics, subscriptionMetrics } from './subscription-metrics.js';
import { attemptMetrics, readMetrics, resilienceMetrics } from './upstream-metrics.js';

/** Records events as metrics in `registry`. */
export function createRecorder(registry: Registry): Recorder {
  const instruments = instrumentsOf(registry);
  return {
    ...operationMetrics(instruments),
    ...attemptMetrics(instruments),
    ...resilienceMetrics(instruments),
    ...readMetrics(instruments),
    ...subscriptionMetrics(instruments),
    ...eventMetrics(instruments),
    ...sourceMetrics(instruments),
  };
}
