import { performance } from 'node:perf_hooks';

/** Calls to the Demand API that wait for others to end: how many do now, and how many had to so far. */
export interface CallQueue {
  readonly waiting: number;
  readonly waited: number;
}

/** What the event loop did since the sample before. */
export interface LoopSample {
  readonly busyMs: number;
  readonly idleMs: number;
  /** How long an iteration took on average: everything else waits for so long, health checks included. */
  readonly iterationMs: number;
  /** Whether calls to the Demand API waited for others to end. */
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
