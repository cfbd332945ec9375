import { exponentOf, tailExponentOf, type Point } from '../measure/fit.js';
import type { Machine } from '../measure/machine.js';
import { measure, warmUp, type Sample, type TestBed } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { checkResponses } from '../measure/check-responses.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { startContestant } from '../peers/running.js';
import { significant, withRange } from '../report/format.js';
import { smallMultiples, type Panel } from '../report/small-multiples.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { distinctDocuments } from './distinct-documents.js';
import { SERIES, type Series } from './growth-series.js';
import { atMost, type Bound, type Findings, type Section, type Study, type Log } from './study.js';

/**
 * The highest exponent that counts as linear. Linear growth has 1, n log n about 1.3 between 10 and 100, quadratic
 * growth 2. The limit allows noise of half the distance to n log n.
 */
const MAX_EXPONENT = 1.15;

const WARM_UP_SECONDS = 1;
const ROUNDS = 3;
const SECONDS = 2;

interface Figures {
  readonly of: (sample: Sample) => number;
  readonly name: string;
}

const METRICS: readonly Figures[] = [
  { name: 'CPU ms', of: (sample) => sample.cpuMs },
  { name: 'p50 ms', of: (sample) => sample.p50Ms },
  { name: 'p99 ms', of: (sample) => sample.p99Ms },
];

/** The samples at each size, in the order of the sizes. */
type Measured = readonly (readonly Sample[])[];

export const growth: Study = {
  name: 'growth',
  title: 'How the cost of a response grows with the request',
  async run(machine, { quick }, log): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const testBed = { machine, upstream };
    const plan = quick ? { rounds: 1, seconds: 1 } : { rounds: ROUNDS, seconds: SECONDS };
    const found: { section: Section; bounds: readonly Bound[]; panel: Panel }[] = [];
    for (const series of SERIES) {
      const measured = await measureSeries(testBed, series, plan, log);
      found.push(findings(series, measured));
    }
    const documents = await distinctDocuments(testBed, quick, log);
    await upstream.close();
    return {
      sections: [...found.map(({ section }) => section), documents.section],
      bounds: [...found.flatMap(({ bounds }) => bounds), ...documents.bounds],
      picture: smallMultiples([...found.map(({ panel }) => panel), documents.panel]),
    };
  },
};

interface RoundPlan {
  readonly rounds: number;
  readonly seconds: number;
}

/** Every size takes a turn in each round. */
async function measureSeries(
  testBed: TestBed & { readonly machine: Machine },
  { name, sizes, operationOf, connectionsOf, env }: Series,
  { rounds, seconds }: RoundPlan,
  log: Log,
): Promise<Measured> {
  const running = await startContestant(
    testBed.machine,
    gateway('fieldgate', 'this gateway', env),
    testBed.upstream.url,
  );
  log(`Growth with ${name}: ${sizes.join(', ')}`);
  const measured = sizes.map((size) => ({
    operation: operationOf(size),
    connections: connectionsOf(size),
    samples: [] as Sample[],
  }));
  for (const { operation, connections } of measured) {
    await checkResponses(testBed.upstream, [running], operation);
    await warmUp(testBed, running, operation, { warmUpSeconds: WARM_UP_SECONDS, connections });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { operation, connections, samples } of measured) {
      samples.push(await measure(testBed, running, operation, { seconds, connections }));
    }
  }
  await running.close();
  return measured.map(({ samples }) => samples);
}

function findings({ name, unit, text, sizes }: Series, measured: Measured) {
  const columns = METRICS.map((metric) => ({
    name: metric.name,
    spreads: measured.map((samples) => spreadOf(samples.map(metric.of))),
  }));
  const lines = columns.map(({ name: metric, spreads }) => ({
    name: metric,
    values: spreads.map(({ median }) => median),
  }));
  const exponents = lines.map(({ name: metric, values }) => {
    const points = sizes.map((size, index): Point => [size, values[index] ?? NaN]);
    return { metric, whole: exponentOf(points), tail: tailExponentOf(points) };
  });
  const table = markdownTable(
    [unit, ...columns.map((column) => column.name)],
    [
      ...sizes.map((size, index) => [
        String(size),
        ...columns.map(({ spreads }) =>
          spreads
            .slice(index, index + 1)
            .map(withRange)
            .join(''),
        ),
      ]),
      ['exponent', ...exponents.map(({ whole }) => exponentText(whole))],
      ['exponent of the upper half', ...exponents.map(({ tail }) => exponentText(tail))],
    ],
  );
  const bounds = exponents.flatMap(({ metric, whole, tail }) => [
    atMost(`${name}, ${metric}: exponent`, whole, MAX_EXPONENT),
    // Latencies of few requests vary too much for three points.
    ...(metric === 'CPU ms'
      ? [atMost(`${name}, ${metric}: exponent of the upper half`, tail, MAX_EXPONENT)]
      : []),
  ]);
  return {
    section: { heading: `By ${name}`, text, table },
    bounds,
    panel: { title: name, xLabel: unit, xs: sizes, lines },
  };
}

function exponentText(exponent: number): string {
  return exponent < 0 ? exponent.toFixed(2) : significant(exponent);
}
