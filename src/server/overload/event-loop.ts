import { performance } from 'node:perf_hooks';
import type { CallQueue } from '../../upstream/upstream.js';

/** The event loop since the previous sample. */
export interface LoopSample {
  readonly busyMs: number;
  readonly idleMs: number;
  /** The average duration of an iteration, which is how long any event waits, including health checks. */
  readonly iterationMs: number;
  /** Whether calls to the Demand API had to wait. */
  readonly callsWaited: boolean;
}

/** @returns takes a sample */
export function monitorEventLoop(callQueue: () => CallQueue): () => LoopSample {
  let before = read(callQueue);
  return () => {
    const now = read(callQueue);
    const { active: busyMs, idle: idleMs } = performance.eventLoopUtilization(now.loop, before.loop);
    const iterations = Math.max(1, now.iterations - before.iterations);
    const callsWaited = now.waiting > 0 || now.waited > before.waited;
    before = now;
    return { busyMs, idleMs, iterationMs: busyMs / iterations, callsWaited };
  };
}

function read(callQueue: () => CallQueue) {
  const { loopCount: iterations } = performance.nodeTiming.uvMetricsInfo;
  return { loop: performance.eventLoopUtilization(), iterations, ...callQueue() };
}
