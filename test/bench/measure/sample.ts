import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../load/wrk.js';
import { describeErrors } from '../load/wrk-output.js';
import type { Operation } from '../operations/operations.js';
import { requestOf, type Running } from '../peers/running.js';
import type { Upstream } from '../upstream/upstream.js';
import { TICK_MS } from './accounting.js';
import type { Machine } from './machine.js';

/** The machine and upstream that contestants are measured with. */
export interface TestBed {
  readonly machine: Machine;
  readonly upstream: Upstream;
}

/** The result of one load on one contestant. */
export interface Sample {
  /** CPU time of its processes per request, in milliseconds. */
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The share of one core that it used; below 1, something else was the bottleneck. */
  readonly coreShare: number;
  /** Peak memory since its start, in bytes. */
  readonly peakBytes: number;
}

export interface MeasureOptions {
  readonly seconds: number;
  readonly connections: number;
}

/**
 * Loads a contestant until it has used some CPU time on an operation: V8 optimises by work done, which takes
 * longer on a busy machine. Unlike measurements, it checks every response.
 *
 * @throws Error if any response is wrong
 */
export async function warmUp(
  testBed: TestBed,
  running: Running,
  operation: Operation,
  { warmUpSeconds, connections }: WarmUpOptions,
): Promise<void> {
  const { path, body } = requestOf(running.contestant, operation);
  const { cpuMs: before } = await running.usage();
  let left = warmUpSeconds;
  for (let load = 1; load <= MAX_WARM_UP_LOADS && left > WARM_ENOUGH * warmUpSeconds; load += 1) {
    const options = { url: running.url + path, body, seconds: Math.ceil(left), connections, check: true };
    const result = await runLoad(testBed.machine, options);
    throwIfFailed(running, operation, result.requests > 0 ? describeErrors(result) : undefined);
    await requestsWhenIdle(running, testBed.upstream);
    left = warmUpSeconds - ((await running.usage()).cpuMs - before) / 1000;
  }
}

export interface WarmUpOptions {
  /** CPU time. */
  readonly warmUpSeconds: number;
  readonly connections: number;
}

const MAX_WARM_UP_LOADS = 5;
/** The share of the warm-up that may be missing. */
const WARM_ENOUGH = 0.2;

/** The time excluded at the start and end of a load, so that every connection has a request in flight. */
const MARGIN_MS = 150;
/** A contestant that is idle for this long has no request in flight. */
const SETTLING_MS = 100;

/**
 * Loads a contestant with one operation.
 *
 * CPU time and requests are counted between two points within the load, because operations cut off at its end would
 * count as CPU time but not as requests. Requests are upstream requests divided by their number per operation.
 *
 * @throws Error if a request failed, or the number of upstream requests is wrong
 */
export async function measure(
  { machine, upstream }: TestBed,
  running: Running,
  operation: Operation,
  { seconds, connections }: MeasureOptions,
): Promise<Sample> {
  const { path, body } = requestOf(running.contestant, operation);
  const before = await upstream.requests();
  const load = runLoad(machine, { url: running.url + path, body, seconds, connections });
  const [first, last, result] = await Promise.all([
    snapshot(running, upstream, MARGIN_MS),
    snapshot(running, upstream, seconds * 1000 - MARGIN_MS),
    load,
  ]);
  const failure =
    describeErrors(result) ??
    excessOf((await requestsWhenIdle(running, upstream)) - before, result.requests, connections, operation);
  throwIfFailed(running, operation, failure);
  const requests = (last.upstreamRequests - first.upstreamRequests) / operation.upstreamRequests;
  const elapsedMs = last.at - first.at;
  const cpuMs = last.cpuMs - first.cpuMs;
  return {
    cpuMs: cpuMs / requests,
    requestsPerSecond: (requests / elapsedMs) * 1000,
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
    coreShare: cpuMs / elapsedMs,
    peakBytes: last.peakBytes,
  };
}

function throwIfFailed({ contestant }: Running, { name }: Operation, failure: string | undefined): void {
  if (failure !== undefined) throw new Error(`${contestant.name}, ${name}: ${failure}`);
}

/** Takes a snapshot of the counters after a delay in milliseconds. */
async function snapshot(running: Running, upstream: Upstream, afterMs: number) {
  await sleep(afterMs);
  const [usage, upstreamRequests] = await Promise.all([running.usage(), upstream.requests()]);
  return { ...usage, upstreamRequests, at: performance.now() };
}

/** The number of upstream requests once no more arrive; requests that were cut off may still be in flight. */
async function requestsWhenIdle(running: Running, upstream: Upstream): Promise<number> {
  for (;;) {
    const before = await snapshot(running, upstream, 0);
    const after = await snapshot(running, upstream, SETTLING_MS);
    const idle = !before.runnable && !after.runnable && after.cpuMs - before.cpuMs <= TICK_MS;
    if (idle && after.upstreamRequests === before.upstreamRequests) return after.upstreamRequests;
  }
}

/**
 * Checks that every response took its upstream requests, without sharing or repeating any. One operation per
 * connection is cut off at the end, and on a busy machine as many of the previous load can arrive late.
 */
function excessOf(
  upstreamRequests: number,
  responses: number,
  connections: number,
  { upstreamRequests: each }: Operation,
): string | undefined {
  const [least, most] = [responses * each, (responses + 2 * connections) * each];
  if (upstreamRequests >= least && upstreamRequests <= most) return undefined;
  return `${responses} responses took ${upstreamRequests} upstream requests instead of ${each} each`;
}
