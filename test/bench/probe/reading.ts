/** What only a process itself knows, read by what the harness preloads into it: see `preload.ts`. */
export interface Reading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** How much later than every millisecond the event loop came round since the reading before, in milliseconds. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** The paths of the probe: as it is, and after a full garbage collection. */
export const AS_IT_IS = '/as-it-is';
export const COLLECTED = '/collected';
