import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../load/wrk.js';
import { complaintOf } from '../load/wrk-output.js';
import type { Operation } from '../operations/operations.js';
import { requestOf, type Running } from '../peers/running.js';
import type { Upstream } from '../upstream/upstream.js';
import { TICK_MS } from './accounting.js';
import type { Machine } from './machine.js';

/** Where contestants are measured, and what stands behind them. */
export interface Stage {
  readonly machine: Machine;
  readonly upstream: Upstream;
}

/** What one load on one contestant told. */
export interface Sample {
  /** CPU time of its processes for one request, in milliseconds. */
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of one core that it used: below 1, something else was the bottleneck. */
  readonly busy: number;
  /** The most memory since it started, in bytes. */
  readonly peakBytes: number;
}

export interface MeasureOptions {
  readonly seconds: number;
  readonly connections: number;
}

/**
 * Loads a contestant until it has worked for so long on an operation: what counts for V8 is work, and on a machine that is
 * busy with other things that takes longer than on the clock. Every answer is looked at, other than while it is measured.
 *
 * @throws Error where anything is wrong with any
 */
export async function warmUp(
  stage: Stage,
  running: Running,
  operation: Operation,
  { warmUpSeconds, connections }: WarmUpOptions,
): Promise<void> {
  const { path, body } = requestOf(running.contestant, operation);
  const { cpuMs: before } = await running.usage();
  let left = warmUpSeconds;
  for (let load = 1; load <= MAX_WARM_UP_LOADS && left > WARM_ENOUGH * warmUpSeconds; load += 1) {
    const options = { url: running.url + path, body, seconds: Math.ceil(left), connections, check: true };
    const result = await runLoad(stage.machine, options);
    complainOf(running, operation, result.requests > 0 ? complaintOf(result) : undefined);
    await settled(running, stage.upstream);
    left = warmUpSeconds - ((await running.usage()).cpuMs - before) / 1000;
  }
}

export interface WarmUpOptions {
  /** CPU time. */
  readonly warmUpSeconds: number;
  readonly connections: number;
}

const MAX_WARM_UP_LOADS = 5;
/** What share of the work may be left. */
const WARM_ENOUGH = 0.2;

/** Within a load, how long after its start and before its end is left out: so long every connection has a request. */
const MARGIN_MS = 150;
/** A contestant that is idle for so long has nothing under way. */
const SETTLING_MS = 100;

/**
 * Loads a contestant with one operation.
 *
 * CPU time and requests are counted within the load, where as much is under way at the first look as at the last: what
 * an operation has cost that is cut off at the end would otherwise count, and the operation not. Requests are those that
 * came upstream, divided by what an operation takes.
 *
 * @throws Error where anything went wrong for any request, or an operation took more or fewer requests upstream
 */
export async function measure(
  { machine, upstream }: Stage,
  running: Running,
  operation: Operation,
  { seconds, connections }: MeasureOptions,
): Promise<Sample> {
  const { path, body } = requestOf(running.contestant, operation);
  const before = await upstream.requests();
  const load = runLoad(machine, { url: running.url + path, body, seconds, connections });
  const [first, last, result] = await Promise.all([
    look(running, upstream, MARGIN_MS),
    look(running, upstream, seconds * 1000 - MARGIN_MS),
    load,
  ]);
  const complaint =
    complaintOf(result) ??
    surplusOf((await settled(running, upstream)) - before, result.requests, connections, operation);
  complainOf(running, operation, complaint);
  const requests = (last.upstreamRequests - first.upstreamRequests) / operation.upstreamRequests;
  const elapsedMs = last.at - first.at;
  const cpuMs = last.cpuMs - first.cpuMs;
  return {
    cpuMs: cpuMs / requests,
    requestsPerSecond: (requests / elapsedMs) * 1000,
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
    busy: cpuMs / elapsedMs,
    peakBytes: last.peakBytes,
  };
}

function complainOf({ contestant }: Running, { name }: Operation, complaint: string | undefined): void {
  if (complaint !== undefined) throw new Error(`${contestant.name}, ${name}: ${complaint}`);
}

/** What is used and done at a moment, in milliseconds from now. */
async function look(running: Running, upstream: Upstream, afterMs: number) {
  await sleep(afterMs);
  const [usage, upstreamRequests] = await Promise.all([running.usage(), upstream.requests()]);
  return { ...usage, upstreamRequests, at: performance.now() };
}

/** How many requests came upstream, once no more come: of what was cut off, some are still on their way. */
async function settled(running: Running, upstream: Upstream): Promise<number> {
  for (;;) {
    const before = await look(running, upstream, 0);
    const after = await look(running, upstream, SETTLING_MS);
    const idle = !before.runnable && !after.runnable && after.cpuMs - before.cpuMs <= TICK_MS;
    if (idle && after.upstreamRequests === before.upstreamRequests) return after.upstreamRequests;
  }
}

/**
 * Every answer must have taken its requests upstream, none shared and none repeated. Beside the answers, one operation for
 * each connection is cut off at the end; and on a machine that is busy with other things, as many of the load before can
 * come late.
 */
function surplusOf(
  upstreamRequests: number,
  answers: number,
  connections: number,
  { upstreamRequests: each }: Operation,
): string | undefined {
  const [least, most] = [answers * each, (answers + 2 * connections) * each];
  if (upstreamRequests >= least && upstreamRequests <= most) return undefined;
  return `${answers} answers took ${upstreamRequests} requests upstream, not ${each} each`;
}
