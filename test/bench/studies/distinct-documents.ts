import { postDocuments } from '../load/documents.js';
import type { Stage } from '../measure/sample.js';
import { startContestant, type Running } from '../peers/running.js';
import { probedGateway, readProbe } from '../probe/probe.js';
import { significant } from '../report/figures.js';
import type { Panel } from '../report/multiples.js';
import { markdownTable } from '../report/table.js';
import { atMost, type Bound, type Section, type Told } from './study.js';

const COUNT = 10_000;
const QUICK_COUNT = 2000;

/** How much dearer a document may be when it comes again: looking for it in vain, at most. */
const MAX_SECOND_ROUND = 1.15;
/** What ten thousand further documents may leave behind. A cache without bounds keeps some 20 KiB of each. */
const MAX_GROWTH_MIB = 10;

const MIB = 1024 * 1024;

interface Stretch {
  readonly name: string;
  /** CPU time of a request, in milliseconds. */
  readonly cpuMs: number;
  readonly rssMib: number;
  /** After a full garbage collection. */
  readonly heapMib: number;
}

/** What documents leave behind that each are another: the caches of what is made of them have to be bounded. */
export async function distinctDocuments(
  stage: Stage,
  quick: boolean,
  told: Told,
): Promise<{ readonly section: Section; readonly bounds: readonly Bound[]; readonly panel: Panel }> {
  const count = quick ? QUICK_COUNT : COUNT;
  told(`Growth with distinct documents: ${count}`);
  const running = await startContestant(stage.machine, probedGateway(), stage.upstream.url);
  const one = new Array<number>(count).fill(0);
  await postDocuments(running.url, one);
  const before = await stretch(stage, running, 'one document, again and again', one);
  const first = await stretch(stage, running, 'distinct documents', range(1, count));
  const again = await stretch(stage, running, 'the same ones again', range(1, count));
  const others = await stretch(stage, running, 'as many others', range(count + 1, 2 * count));
  await running.close();
  const stretches = [before, first, again, others];
  const table = markdownTable(
    ['what was asked', 'CPU ms a request', 'resident MiB', 'heap MiB'],
    stretches.map(({ name, cpuMs, rssMib, heapMib }) => [name, ...[cpuMs, rssMib, heapMib].map(significant)]),
  );
  return {
    section: {
      heading: 'By distinct documents',
      text: `${count} requests in each line, each with a document of six fields; the heap is that after a full garbage collection.`,
      table,
    },
    bounds: [
      atMost(
        'distinct documents: CPU time of the second round, in terms of the first',
        again.cpuMs / first.cpuMs,
        MAX_SECOND_ROUND,
      ),
      // Fewer do not fill what is bounded.
      ...(quick
        ? []
        : [
            atMost(
              `distinct documents: heap that ${count} further ones leave behind`,
              others.heapMib - again.heapMib,
              MAX_GROWTH_MIB,
              ' MiB',
            ),
          ]),
    ],
    panel: {
      title: 'distinct documents',
      xLabel: 'requests, of which the first have one document',
      xs: stretches.map((_, index) => (index + 1) * count),
      lines: [
        { name: 'resident MiB', values: stretches.map(({ rssMib }) => rssMib) },
        { name: 'heap MiB', values: stretches.map(({ heapMib }) => heapMib) },
      ],
    },
  };
}

async function stretch(
  { machine }: Stage,
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
