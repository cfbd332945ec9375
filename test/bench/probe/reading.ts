/** Measurements from inside a process: see `preload.ts`. */
export interface Reading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** The delay of the event loop since the previous reading, in milliseconds. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** The paths of the probe: the current state, and the state after a full garbage collection. */
export const CURRENT = '/as-it-is';
export const COLLECTED = '/collected';
