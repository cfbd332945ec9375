import type { Snapshot } from '../../telemetry/metrics/snapshot.js';

/** A message from a worker: where it listens, or why it failed to start (once); its metrics (on request and before it exits). */
export type WorkerMessage =
  { readonly url: string } | { readonly failed: string } | { readonly metrics: Snapshot };

/** A message from the primary: exit when all connections have ended, close now, or send metrics. */
export type PrimaryMessage = 'retire' | 'close' | 'metrics';
