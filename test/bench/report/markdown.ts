import { ratioTo, spreadOf, type Spread } from '../measure/statistics.js';
import type { OperationSamples } from '../measure/rounds.js';
import type { Sample } from '../measure/sample.js';
import { BASELINE } from '../peers/contestants.js';

/** One operation: a line for each contestant, in Markdown. */
export function table(samples: OperationSamples): string {
  const base = samples.get(BASELINE.name)?.map(({ cpuMs }) => cpuMs);
  const rows = [...samples].map(([name, rounds]) => {
    const figure = (of: (sample: Sample) => number) => spreadOf(rounds.map(of));
    const cpu = figure(({ cpuMs }) => cpuMs);
    return [
      name,
      withRange(cpu),
      base === undefined ? '' : withRange(ratioTo(spreadOf(base), cpu)),
      withRange(figure(({ requestsPerSecond }) => requestsPerSecond)),
      withRange(figure(({ p50Ms }) => p50Ms)),
      withRange(figure(({ p99Ms }) => p99Ms)),
      significant(figure(({ peakBytes }) => peakBytes).max / 1024 / 1024),
      significant(figure(({ busy }) => busy).median),
    ];
  });
  return lines([HEAD, HEAD.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]);
}

const HEAD = [
  'contestant',
  'CPU ms a request',
  `of ${BASELINE.name}'s`,
  'requests/s',
  'p50 ms',
  'p99 ms',
  'memory MiB',
  'core used',
];

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function withRange({ median, min, max }: Spread): string {
  return `${significant(median)} (${significant(min)} to ${significant(max)})`;
}

/** Three digits that count. */
function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
