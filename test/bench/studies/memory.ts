import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../load/wrk.js';
import { complaintOf } from '../load/wrk-output.js';
import { lineThrough } from '../measure/fit.js';
import type { Machine } from '../measure/machine.js';
import { OPERATIONS } from '../operations/operations.js';
import { BASELINE } from '../peers/contestants.js';
import { requestOf, startContestant, type Running } from '../peers/running.js';
import { probed, probedGateway, readProbe } from '../probe/probe.js';
import type { Reading } from '../probe/reading.js';
import { significant } from '../report/figures.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { atMost, type Findings, type Section, type Study, type Told } from './study.js';

const MAX_PEAK_MB = 160;
const MAX_GROWTH_MB_A_MINUTE = 0.5;
const MAX_DELAY_MS = 20;

const CONNECTIONS = 50;
/** How many times the load stops, so that the heap can be read when nothing is under way. */
const STOPS = 30;
/** Loads shorter than this are mostly beginning and end. */
const LEAST_SECONDS = 4;
const IDLE_MS = 300;
/** The share of the soak, from its beginning, in which caches fill and code is compiled. */
const SETTLING_SHARE = 1 / 3;
const ROWS = 12;

const MB = 1e6;

/** The process when nothing is under way. */
interface Stop {
  readonly minute: number;
  readonly rssMb: number;
  /** After a full garbage collection. */
  readonly heapMb: number;
  readonly requests: number;
}

export const memory: Study = {
  name: 'memory',
  title: 'Memory under lasting load, and how late the event loop is',
  async run(machine, { quick, minutes }, told): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const listSeconds = quick ? 3 : 15;
    const proxy = await startContestant(machine, probed(BASELINE), upstream.url);
    const delayOfProxy = await delayInLists(machine, proxy, listSeconds, told);
    await proxy.close();
    const running = await startContestant(machine, probedGateway(), upstream.url);
    const delay = await delayInLists(machine, running, listSeconds, told);
    const stops = await soak(machine, running, minutes, told);
    const peakMb = (await running.usage()).peakBytes / MB;
    await running.close();
    await upstream.close();
    const settled = stops.filter(({ minute }) => minute >= minutes * SETTLING_SHARE);
    const growth = lineThrough(settled.map(({ minute, heapMb }) => [minute, heapMb])).slope;
    return {
      sections: [soakSection(stops, minutes, peakMb), delaySection(delay, delayOfProxy)],
      bounds: [
        atMost('peak of resident memory', peakMb, MAX_PEAK_MB, ' MB'),
        atMost('growth of the heap over the last two thirds', growth, MAX_GROWTH_MB_A_MINUTE, ' MB a minute'),
        atMost('delay of the event loop under `list`, p99', delay.p99, MAX_DELAY_MS, ' ms'),
      ],
    };
  },
};

/** Before anything else: what it compiles and fills counts too. */
async function delayInLists(machine: Machine, running: Running, seconds: number, told: Told) {
  told(`The event loop of ${running.contestant.name} under \`list\`: ${seconds} s`);
  const load = { ...loadOf(running, 'list', CONNECTIONS), check: false };
  await runLoad(machine, { ...load, seconds });
  await readProbe(machine, running);
  const measured = runLoad(machine, { ...load, seconds });
  await sleep(seconds * 1000 - IDLE_MS);
  const { delayMs } = await readProbe(machine, running);
  complain('list', complaintOf(await measured));
  return delayMs;
}

/** All operations beside each other, each with its share of the connections, stopped now and then for a look. */
async function soak(
  machine: Machine,
  running: Running,
  minutes: number,
  told: Told,
): Promise<readonly Stop[]> {
  const seconds = Math.max(LEAST_SECONDS, Math.round((minutes * 60) / STOPS));
  const names = Object.values(OPERATIONS).map(({ name }) => name);
  const began = performance.now();
  const minute = () => (performance.now() - began) / 60_000;
  const stops: Stop[] = [];
  while (minute() < minutes) {
    const results = await Promise.all(
      names.map(async (name, index) => {
        const share = Math.floor((CONNECTIONS + index) / names.length);
        const result = await runLoad(machine, { ...loadOf(running, name, share), seconds });
        complain(name, complaintOf(result));
        return result.requests;
      }),
    );
    await sleep(IDLE_MS);
    const { rssBytes } = await readProbe(machine, running);
    const { heapBytes } = await readProbe(machine, running, { collected: true });
    const requests = results.reduce((sum, count) => sum + count, 0);
    const stop = { minute: minute(), rssMb: rssBytes / MB, heapMb: heapBytes / MB, requests };
    told(`${stop.minute.toFixed(1)} of ${minutes} minutes: heap ${stop.heapMb.toFixed(1)} MB`);
    stops.push(stop);
  }
  return stops;
}

function loadOf(running: Running, name: keyof typeof OPERATIONS, connections: number) {
  const { path, body } = requestOf(running.contestant, OPERATIONS[name]);
  return { url: running.url + path, body, connections, check: true };
}

function complain(name: string, complaint: string | undefined): void {
  if (complaint !== undefined) throw new Error(`${name}: ${complaint}`);
}

function soakSection(stops: readonly Stop[], minutes: number, peakMb: number): Section {
  const every = Math.ceil(stops.length / ROWS);
  const shown = stops.filter((_, index) => index % every === 0 || index === stops.length - 1);
  const requests = stops.reduce((sum, stop) => sum + stop.requests, 0);
  return {
    heading: `${minutes} minutes of all operations`,
    text:
      `${CONNECTIONS} connections, shared among the four operations, which all run at the same time; ${requests} answers, ` +
      `each looked at. ${stops.length} times the load stopped, for resident memory as it was left and for the heap after a ` +
      `full garbage collection. The most that was resident at any time: ${significant(peakMb)} MB.`,
    table: markdownTable(
      ['minute', 'resident MB', 'heap MB'],
      shown.map(({ minute, rssMb, heapMb }) => [minute.toFixed(1), significant(rssMb), significant(heapMb)]),
    ),
  };
}

function delaySection(delay: Reading['delayMs'], delayOfProxy: Reading['delayMs']): Section {
  return {
    heading: 'Delay of the event loop',
    text:
      `How much later than every millisecond the loop came round under \`list\` on ${CONNECTIONS} connections, which keep it ` +
      'busy without a pause. The bare proxy, which was measured just before, tells what comes from the machine.',
    table: markdownTable(
      ['', 'p50 ms', 'p99 ms', 'max ms'],
      [rowOf('this gateway', delay), rowOf('the bare proxy', delayOfProxy)],
    ),
  };
}

function rowOf(name: string, { p50, p99, max }: Reading['delayMs']): readonly string[] {
  return [name, ...[p50, p99, max].map(significant)];
}
