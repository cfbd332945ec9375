import type { Plan } from '../measure/rounds.js';
import type { Operation } from '../operations/operations.js';
import type { Environment } from './environment.js';
import { significant, withRange } from './format.js';
import type { Metrics } from './report.js';

/** The metrics of one operation. */
export interface OperationReport {
  readonly operation: Operation;
  /** By contestant. */
  readonly metrics: ReadonlyMap<string, Metrics>;
}

/** A selected contestant. */
export interface ContestantReport {
  readonly name: string;
  readonly title: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Why it has no metrics for an operation, as the end of a sentence. */
  readonly notRun: (operation: Operation) => string | undefined;
}

export interface Report {
  readonly baseline: string;
  readonly contestants: readonly ContestantReport[];
  readonly operations: readonly OperationReport[];
  readonly plan: Plan;
  readonly environment: Environment;
}

/**
 * Formats a whole report in Markdown.
 *
 * @param chart the link to the chart
 */
export function document(report: Report, chart: string): string {
  const parts = [
    `# CPU time per response, relative to ${report.baseline}`,
    `![CPU time per response, relative to ${report.baseline}](${chart})`,
    ...report.operations.flatMap(({ operation }) => [
      `## ${operation.name}: ${operation.title}`,
      table(report, operation),
    ]),
    '## Contestants',
    report.contestants.map(contestantLine).join('\n'),
    '## Method',
    howMeasured(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Formats the metrics of one operation, one line per contestant. */
export function table({ baseline, contestants, operations }: Report, { name }: Operation): string {
  const measured = operations.find(({ operation }) => operation.name === name);
  if (measured === undefined) return '';
  const head = ['contestant', 'CPU ms/response', `x ${baseline}`, ...OTHER_COLUMNS];
  const rows = contestants.map((contestant) => {
    const metrics = measured.metrics.get(contestant.name);
    if (metrics !== undefined) return [contestant.name, ...cells(metrics)];
    const reason = contestant.notRun(measured.operation) ?? 'unknown reason';
    return [contestant.name, `not run: ${reason}`, ...head.slice(2).map(() => '')];
  });
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

const OTHER_COLUMNS = ['responses/s', 'p50 ms', 'p99 ms', 'memory MiB', 'core used'];

function cells({ cpuMs, ratio, requestsPerSecond, p50Ms, p99Ms, peakBytes, busy }: Metrics): string[] {
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

function howMeasured({ plan, environment, baseline }: Report): string {
  const { cores, details } = environment;
  const pinned =
    cores === undefined
      ? 'Nothing is pinned to a core.'
      : `Contestants are pinned to core ${cores.contestants}, nginx and wrk to core ${cores.load}.`;
  return [
    [
      `Medians of ${plan.rounds} rounds of ${plan.seconds} s, with the range in parentheses; contestants take turns in each`,
      `round. ${plan.connections} connections; before the rounds, each contestant works for ${plan.warmUpSeconds} s on each operation.`,
      pinned,
      `CPU time is the user and system time of all processes of a contestant; the ratio is to the median of ${baseline}.`,
      'Memory is the peak since the start; every operation ran for a while before the first round.',
    ].join(' '),
    '',
    ...Object.entries(details).map(([name, value]) => `- ${name}: ${value}`),
  ].join('\n');
}
