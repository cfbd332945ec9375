import type { Plan } from '../measure/rounds.js';
import type { Operation } from '../operations/operations.js';
import type { Surroundings } from './surroundings.js';
import { significant, withRange } from './figures.js';
import type { Figures } from './report.js';

/** One operation as it was measured. */
export interface OperationReport {
  readonly operation: Operation;
  /** By the name of the contestant. */
  readonly figures: ReadonlyMap<string, Figures>;
}

/** A contestant that was asked for. */
export interface ContestantReport {
  readonly name: string;
  readonly title: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Why it has no figures for an operation, as the end of a sentence. */
  readonly notRun: (operation: Operation) => string | undefined;
}

export interface Report {
  readonly baseline: string;
  readonly contestants: readonly ContestantReport[];
  readonly operations: readonly OperationReport[];
  readonly plan: Plan;
  readonly surroundings: Surroundings;
}

/**
 * All of a report in Markdown.
 *
 * @param chart the file with the chart, as a link
 */
export function document(report: Report, chart: string): string {
  const parts = [
    `# What an answer costs, beside ${report.baseline}`,
    `![CPU time of an answer, in terms of ${report.baseline}'s](${chart})`,
    ...report.operations.flatMap(({ operation }) => [
      `## ${operation.name}: ${operation.title}`,
      table(report, operation),
    ]),
    '## Contestants',
    report.contestants.map(contestantLine).join('\n'),
    '## How it was measured',
    howMeasured(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The figures of one operation, a line for each contestant. */
export function table({ baseline, contestants, operations }: Report, { name }: Operation): string {
  const measured = operations.find(({ operation }) => operation.name === name);
  if (measured === undefined) return '';
  const head = ['contestant', 'CPU ms an answer', `of ${baseline}'s`, ...OTHER_COLUMNS];
  const rows = contestants.map((contestant) => {
    const figures = measured.figures.get(contestant.name);
    if (figures !== undefined) return [contestant.name, ...cells(figures)];
    const reason = contestant.notRun(measured.operation) ?? 'no reason known';
    return [contestant.name, `not run: ${reason}`, ...head.slice(2).map(() => '')];
  });
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

const OTHER_COLUMNS = ['answers/s', 'p50 ms', 'p99 ms', 'memory MiB', 'core used'];

function cells({ cpuMs, ratio, requestsPerSecond, p50Ms, p99Ms, peakBytes, busy }: Figures): string[] {
  return [
    ...[cpuMs, ratio, requestsPerSecond, p50Ms, p99Ms].map(withRange),
    significant(peakBytes / 1024 / 1024),
    `${Math.round(busy * 100)}%`,
  ];
}

function contestantLine({ name, title, versions }: ContestantReport): string {
  const listed = Object.entries(versions).map(([of, version]) => `${of} ${version}`);
  return `- \`${name}\`: ${title}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}`;
}

function howMeasured({ plan, surroundings, baseline }: Report): string {
  const { cores, facts } = surroundings;
  const pinned =
    cores === undefined
      ? 'Nothing is pinned to a core.'
      : `Contestants are pinned to core ${cores.contestants}, nginx and wrk to core ${cores.load}.`;
  return [
    [
      `Medians of ${plan.rounds} rounds of ${plan.seconds} s, with the least and the most in parentheses; in each round all`,
      `have their turn. ${plan.connections} connections; before, each has worked for ${plan.warmUpSeconds} s on each operation.`,
      pinned,
      `CPU time is that of all of a contestant's processes, user and system; the ratio is to the median of ${baseline}.`,
      'Memory is the most since the start; before the first round every operation has been asked for a while.',
    ].join(' '),
    '',
    ...Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`),
  ].join('\n');
}
