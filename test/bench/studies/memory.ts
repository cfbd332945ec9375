import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../load/wrk.js';
import { describeErrors } from '../load/wrk-output.js';
import { lineThrough } from '../measure/fit.js';
import type { Machine } from '../measure/machine.js';
import { OPERATIONS } from '../operations/operations.js';
import { BASELINE } from '../peers/contestants.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { withProbe, gatewayWithProbe, readProbe } from '../probe/probe.js';
import type { Reading } from '../probe/reading.js';
import { significant } from '../report/format.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Findings, type Section, type Study, type Log } from './study.js';

/** A young generation of 64 MB (`--max-semi-space-size`) takes most of it: see "Memory" in `docs/performance.md`. */
const MAX_PEAK_MB = 256;
const MAX_GROWTH_MB_PER_MINUTE = 0.5;
const MAX_DELAY_MS = 20;

const CONNECTIONS = 50;
/** How many times the load stops to read the heap without requests in flight. */
const PAUSES = 30;
/** Shorter loads would consist mostly of start and end. */
const MIN_SECONDS = 4;
const IDLE_MS = 300;
/** The initial share of the soak in which caches fill and code is compiled. */
const SETTLING_SHARE = 1 / 3;
const ROWS = 12;

const MB = 1e6;

/** The state of the process without requests in flight. */
interface HeapSample {
  readonly minute: number;
  readonly rssMb: number;
  /** After a full garbage collection. */
  readonly heapMb: number;
  readonly requests: number;
}

export const memory: Study = {
  name: 'memory',
  title: 'Memory under sustained load, and event loop delay',
  async run(machine, { quick, minutes }, log): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const listSeconds = quick ? 3 : 15;
    const proxy = await startContestant(machine, withProbe(BASELINE), upstream.url);
    const delayOfProxy = await delayInLists(machine, proxy, listSeconds, log);
    await proxy.close();
    const running = await startContestant(machine, gatewayWithProbe(), upstream.url);
    const delay = await delayInLists(machine, running, listSeconds, log);
    const samples = await soak(machine, running, minutes, log);
    const peakMb = (await running.usage()).peakBytes / MB;
    await running.close();
    await upstream.close();
    const steady = samples.filter(({ minute }) => minute >= minutes * SETTLING_SHARE);
    const growth = lineThrough(steady.map(({ minute, heapMb }) => [minute, heapMb])).slope;
    return {
      sections: [soakSection(samples, minutes, peakMb), delaySection(delay, delayOfProxy)],
      bounds: [
        atMost('peak resident memory', peakMb, MAX_PEAK_MB, ' MB'),
        atMost('heap growth over the last two thirds', growth, MAX_GROWTH_MB_PER_MINUTE, ' MB/minute'),
        atMost('event loop delay under `list`, p99', delay.p99, MAX_DELAY_MS, ' ms'),
      ],
    };
  },
};

/** Runs first, so that it includes compilation and filling caches. */
async function delayInLists(machine: Machine, running: Running, seconds: number, log: Log) {
  log(`Event loop of ${running.contestant.name} under \`list\`: ${seconds} s`);
  const load = { ...loadOf(running, 'list', CONNECTIONS), check: false };
  await runLoad(machine, { ...load, seconds });
  await readProbe(machine, running);
  const measured = runLoad(machine, { ...load, seconds });
  await sleep(seconds * 1000 - IDLE_MS);
  const { delayMs } = await readProbe(machine, running);
  throwIfFailed('list', describeErrors(await measured));
  return delayMs;
}

/** Runs all operations concurrently on equal shares of the connections, and pauses now and then for measurements. */
async function soak(
  machine: Machine,
  running: Running,
  minutes: number,
  log: Log,
): Promise<readonly HeapSample[]> {
  const seconds = Math.max(MIN_SECONDS, Math.round((minutes * 60) / PAUSES));
  const names = Object.values(OPERATIONS).map(({ name }) => name);
  const startedAt = performance.now();
  const minute = () => (performance.now() - startedAt) / 60_000;
  const samples: HeapSample[] = [];
  while (minute() < minutes) {
    const results = await Promise.all(
      names.map(async (name, index) => {
        const share = Math.floor((CONNECTIONS + index) / names.length);
        const result = await runLoad(machine, { ...loadOf(running, name, share), seconds });
        throwIfFailed(name, describeErrors(result));
        return result.requests;
      }),
    );
    await sleep(IDLE_MS);
    const { rssBytes } = await readProbe(machine, running);
    const { heapBytes } = await readProbe(machine, running, { collected: true });
    const requests = results.reduce((sum, count) => sum + count, 0);
    const sample = { minute: minute(), rssMb: rssBytes / MB, heapMb: heapBytes / MB, requests };
    log(`${sample.minute.toFixed(1)} of ${minutes} minutes: heap ${sample.heapMb.toFixed(1)} MB`);
    samples.push(sample);
  }
  return samples;
}

function loadOf(running: Running, name: keyof typeof OPERATIONS, connections: number) {
  const { path, body } = requestOf(running.contestant, OPERATIONS[name]);
  return { url: running.url + path, body, connections, check: true };
}

function throwIfFailed(name: string, failure: string | undefined): void {
  if (failure !== undefined) throw new Error(`${name}: ${failure}`);
}

function soakSection(samples: readonly HeapSample[], minutes: number, peakMb: number): Section {
  const every = Math.ceil(samples.length / ROWS);
  const shown = samples.filter((_, index) => index % every === 0 || index === samples.length - 1);
  const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
  return {
    heading: `${minutes} minutes of all operations`,
    text:
      `${CONNECTIONS} connections, shared equally by the four operations, which run concurrently; ${requests} responses, ` +
      `all checked. The load paused ${samples.length} times to measure resident memory and the heap after a ` +
      `full garbage collection. Peak resident memory: ${significant(peakMb)} MB.`,
    table: markdownTable(
      ['minute', 'resident MB', 'heap MB'],
      shown.map(({ minute, rssMb, heapMb }) => [minute.toFixed(1), significant(rssMb), significant(heapMb)]),
    ),
  };
}

function delaySection(delay: Reading['delayMs'], delayOfProxy: Reading['delayMs']): Section {
  return {
    heading: 'Event loop delay',
    text:
      `The delay of a millisecond timer under \`list\` on ${CONNECTIONS} connections, which keep the process ` +
      "busy. The bare proxy, measured just before, shows the machine's share.",
    table: markdownTable(
      ['', 'p50 ms', 'p99 ms', 'max ms'],
      [rowOf('this gateway', delay), rowOf('the bare proxy', delayOfProxy)],
    ),
  };
}

function rowOf(name: string, { p50, p99, max }: Reading['delayMs']): readonly string[] {
  return [name, ...[p50, p99, max].map(significant)];
}
