import type { Snapshot } from '../../telemetry/metrics/snapshot.js';

/** What a worker tells the primary, once: where it listens, or why it cannot; and its metrics, when asked and at its end. */
export type Report = { readonly url: string } | { readonly failed: string } | { readonly metrics: Snapshot };

/** What the primary tells a worker: to end with its connections, to end in time, or to report its metrics. */
export type Order = 'retire' | 'close' | 'metrics';
