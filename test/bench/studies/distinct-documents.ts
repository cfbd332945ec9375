import { postDocuments } from '../load/documents.js';
import type { TestBed } from '../measure/sample.js';
import { startContestant, type Running } from '../peers/running.js';
import { gatewayWithProbe, readProbe } from '../probe/probe.js';
import { significant } from '../report/format.js';
import type { Panel } from '../report/small-multiples.js';
import { markdownTable } from '../report/table.js';
import { atMost, type Bound, type Section, type Log } from './study.js';

const COUNT = 10_000;
const QUICK_COUNT = 2000;

/** The limit for a repeated document, relative to its first time: at most the cost of a cache miss. */
const MAX_SECOND_ROUND = 1.15;
/** The limit for ten thousand further documents. An unbounded cache retains about 20 KiB for each. */
const MAX_GROWTH_MIB = 10;

const MIB = 1024 * 1024;

interface Stretch {
  readonly name: string;
  /** CPU time per request, in milliseconds. */
  readonly cpuMs: number;
  readonly rssMib: number;
  /** After a full garbage collection. */
  readonly heapMib: number;
}

/** Measures the memory that distinct documents leave behind: caches keyed by document must be bounded. */
export async function distinctDocuments(
  testBed: TestBed,
  quick: boolean,
  log: Log,
): Promise<{ readonly section: Section; readonly bounds: readonly Bound[]; readonly panel: Panel }> {
  const count = quick ? QUICK_COUNT : COUNT;
  log(`Growth with distinct documents: ${count}`);
  const running = await startContestant(testBed.machine, gatewayWithProbe(), testBed.upstream.url);
  const one = new Array<number>(count).fill(0);
  await postDocuments(running.url, one);
  const before = await measurePhase(testBed, running, 'one document, repeated', one);
  const first = await measurePhase(testBed, running, 'distinct documents', range(1, count));
  const again = await measurePhase(testBed, running, 'the same documents again', range(1, count));
  const others = await measurePhase(testBed, running, 'as many other documents', range(count + 1, 2 * count));
  await running.close();
  const stretches = [before, first, again, others];
  const table = markdownTable(
    ['requests', 'CPU ms/request', 'resident MiB', 'heap MiB'],
    stretches.map(({ name, cpuMs, rssMib, heapMib }) => [name, ...[cpuMs, rssMib, heapMib].map(significant)]),
  );
  return {
    section: {
      heading: 'Distinct documents',
      text: `${count} requests per line, each with a document of six fields; the heap is measured after a full garbage collection.`,
      table,
    },
    bounds: [
      atMost(
        'distinct documents: CPU time of the second round relative to the first',
        again.cpuMs / first.cpuMs,
        MAX_SECOND_ROUND,
      ),
      // Fewer documents do not fill the caches.
      ...(quick
        ? []
        : [
            atMost(
              `distinct documents: heap growth with ${count} further ones`,
              others.heapMib - again.heapMib,
              MAX_GROWTH_MIB,
              ' MiB',
            ),
          ]),
    ],
    panel: {
      title: 'distinct documents',
      xLabel: 'requests, the first ones with one document',
      xs: stretches.map((_, index) => (index + 1) * count),
      lines: [
        { name: 'resident MiB', values: stretches.map(({ rssMib }) => rssMib) },
        { name: 'heap MiB', values: stretches.map(({ heapMib }) => heapMib) },
      ],
    },
  };
}

async function measurePhase(
  { machine }: TestBed,
  running: Running,
  name: string,
  numbers: readonly number[],
): Promise<Stretch> {
  const { cpuMs: before } = await running.usage();
  await postDocuments(running.url, numbers);
  const { cpuMs: after } = await running.usage();
  const { rssBytes } = await readProbe(machine, running);
  const { heapBytes } = await readProbe(machine, running, { collected: true });
  return {
    name,
    cpuMs: (after - before) / numbers.length,
    rssMib: rssBytes / MIB,
    heapMib: heapBytes / MIB,
  };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
