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
  /** Whether most iterations accepted a connection, so that more are likely to wait for it. */
  readonly isAccepting: boolean;
}

export interface LoopSources {
  readonly callQueue: () => CallQueue;
  /** How many connections have been accepted since the start. */
  readonly accepted: () => number;
}

/** @returns takes a sample */
export function monitorEventLoop(sources: LoopSources): () => LoopSample {
  let before = read(sources);
  return () => {
    const now = read(sources);
    const { active: busyMs, idle: idleMs } = performance.eventLoopUtilization(now.loop, before.loop);
    const iterations = Math.max(1, now.iterations - before.iterations);
    const callsWaited = now.waiting > 0 || now.waited > before.waited;
    const isAccepting = (now.accepted - before.accepted) * 2 > iterations;
    before = now;
    return { busyMs, idleMs, iterationMs: busyMs / iterations, callsWaited, isAccepting };
  };
}

function read({ callQueue, accepted }: LoopSources) {
  const { loopCount: iterations } = performance.nodeTiming.uvMetricsInfo;
  return { loop: performance.eventLoopUtilization(), iterations, accepted: accepted(), ...callQueue() };
}
