import { exponentOf, tailExponentOf, type Point } from '../measure/fit.js';
import type { Machine } from '../measure/machine.js';
import { measure, warmUp, type Sample, type Stage } from '../measure/sample.js';
import { spreadOf } from '../measure/statistics.js';
import { checkAnswers } from '../measure/answers.js';
import { gateway } from '../peers/fieldgate/contestant.js';
import { startContestant } from '../peers/running.js';
import { significant, withRange } from '../report/figures.js';
import { smallMultiples, type Panel } from '../report/multiples.js';
import { markdownTable } from '../report/table.js';
import { startUpstream } from '../upstream/upstream.js';
import { distinctDocuments } from './distinct-documents.js';
import { SERIES, type Series } from './growth-series.js';
import { atMost, type Bound, type Findings, type Section, type Study, type Told } from './study.js';

/**
 * The highest exponent that passes as "not more than in proportion". In proportion is 1; what is worse by a logarithm has
 * about 1.3 between 10 and 100, and what goes with the square 2. Half of the way to the first is what noise may add.
 */
const MAX_EXPONENT = 1.15;

const WARM_UP_SECONDS = 1;
const ROUNDS = 3;
const SECONDS = 2;

interface Figures {
  readonly of: (sample: Sample) => number;
  readonly name: string;
}

const FIGURES: readonly Figures[] = [
  { name: 'CPU ms', of: (sample) => sample.cpuMs },
  { name: 'p50 ms', of: (sample) => sample.p50Ms },
  { name: 'p99 ms', of: (sample) => sample.p99Ms },
];

/** What was measured at each size, in the order of the sizes. */
type Measured = readonly (readonly Sample[])[];

export const growth: Study = {
  name: 'growth',
  title: 'How what an answer costs grows with what is asked',
  async run(machine, { quick }, told): Promise<Findings> {
    const upstream = await startUpstream(machine);
    const stage = { machine, upstream };
    const plan = quick ? { rounds: 1, seconds: 1 } : { rounds: ROUNDS, seconds: SECONDS };
    const found: { section: Section; bounds: readonly Bound[]; panel: Panel }[] = [];
    for (const series of SERIES) {
      const measured = await measureSeries(stage, series, plan, told);
      found.push(findings(series, measured));
    }
    const documents = await distinctDocuments(stage, quick, told);
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

/** In each round every size has its turn. */
async function measureSeries(
  stage: Stage & { readonly machine: Machine },
  { name, sizes, operationOf, connectionsOf, env }: Series,
  { rounds, seconds }: RoundPlan,
  told: Told,
): Promise<Measured> {
  const running = await startContestant(
    stage.machine,
    gateway('fieldgate', 'this gateway', env),
    stage.upstream.url,
  );
  told(`Growth with ${name}: ${sizes.join(', ')}`);
  const measured = sizes.map((size) => ({
    operation: operationOf(size),
    connections: connectionsOf(size),
    samples: [] as Sample[],
  }));
  for (const { operation, connections } of measured) {
    await checkAnswers(stage.upstream, [running], operation);
    await warmUp(stage, running, operation, { warmUpSeconds: WARM_UP_SECONDS, connections });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { operation, connections, samples } of measured) {
      samples.push(await measure(stage, running, operation, { seconds, connections }));
    }
  }
  await running.close();
  return measured.map(({ samples }) => samples);
}

function findings({ name, unit, text, sizes }: Series, measured: Measured) {
  const columns = FIGURES.map((figure) => ({
    name: figure.name,
    spreads: measured.map((samples) => spreadOf(samples.map(figure.of))),
  }));
  const lines = columns.map(({ name: figure, spreads }) => ({
    name: figure,
    values: spreads.map(({ median }) => median),
  }));
  const exponents = lines.map(({ name: figure, values }) => {
    const points = sizes.map((size, index): Point => [size, values[index] ?? NaN]);
    return { figure, whole: exponentOf(points), tail: tailExponentOf(points) };
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
  const bounds = exponents.flatMap(({ figure, whole, tail }) => [
    atMost(`${name}, ${figure}: exponent`, whole, MAX_EXPONENT),
    // Latencies of few requests are too uneven for three points.
    ...(figure === 'CPU ms'
      ? [atMost(`${name}, ${figure}: exponent of the upper half`, tail, MAX_EXPONENT)]
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
