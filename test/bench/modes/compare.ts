import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arguments } from '../arguments.js';
import type { Machine } from '../measure/machine.js';
import { measureInRounds, type Samples } from '../measure/rounds.js';
import { OPERATIONS, type Operation } from '../operations/operations.js';
import { sourcePath } from '../paths.js';
import type { Contestant } from '../peers/contestant.js';
import { BASELINE, CONTESTANTS } from '../peers/contestants.js';
import { installPackages } from '../peers/install.js';
import { startContestant, type Running } from '../peers/running.js';
import { chart } from '../report/chart.js';
import { document, table, type ContestantReport, type Report } from '../report/markdown.js';
import { metricsOf } from '../report/report.js';
import { readEnvironment } from '../report/environment.js';
import { startUpstream } from '../upstream/upstream.js';
import { FULL, QUICK, QUICK_CONTESTANTS } from './plans.js';

type Log = (what: string) => void;

/** A running contestant, or why it does not run. */
type Started = { readonly running: Running } | { readonly reason: string };

/** Compares contestants, prints the tables and optionally writes the report. */
export async function compare(machine: Machine, args: Arguments, log: Log): Promise<void> {
  const plan = args.mode === 'quick' ? QUICK : FULL;
  const operations = Object.values(OPERATIONS).filter(({ name }) => args.operations?.includes(name) ?? true);
  const upstream = await startUpstream(machine);
  const contestants = selected(args);
  const started = new Map<Contestant, Started>();
  for (const contestant of contestants) {
    started.set(contestant, await start(machine, contestant, upstream.url, log));
  }
  const running = [...started.values()].flatMap((each) => ('running' in each ? [each.running] : []));
  const samples = await measureInRounds({ machine, upstream }, running, operations, plan, log);
  const report: Report = {
    baseline: BASELINE.name,
    contestants: [...started].map(([contestant, each]) => reportOf(contestant, each)),
    operations: operationReports(operations, samples),
    plan,
    environment: readEnvironment(machine.cores),
  };
  for (const operation of operations) {
    log(`\n${operation.name}: ${operation.title}\n\n${table(report, operation)}`);
  }
  if (args.write) await write(report, args.mode, log);
}

function selected({ mode, contestants }: Arguments): readonly Contestant[] {
  const names = contestants ?? (mode === 'quick' ? QUICK_CONTESTANTS : undefined);
  return CONTESTANTS.filter(
    (contestant) => contestant === BASELINE || (names?.includes(contestant.name) ?? true),
  );
}

/** Starts a contestant. A peer that cannot be installed or started is reported; our own failure is thrown. */
async function start(
  machine: Machine,
  contestant: Contestant,
  upstreamUrl: string,
  log: Log,
): Promise<Started> {
  const missing = contestant.missing?.();
  if (missing !== undefined) return { reason: missing };
  try {
    installPackages([contestant], log);
    return { running: await startContestant(machine, contestant, upstreamUrl) };
  } catch (error) {
    if (contestant.packages === undefined) throw error;
    const message = error instanceof Error ? error.message : String(error);
    log(`${contestant.name} does not run: ${message}`);
    return { reason: firstLine(message) };
  }
}

function reportOf(contestant: Contestant, started: Started): ContestantReport {
  const { name, title, unsupported } = contestant;
  return {
    name,
    title,
    versions: 'running' in started ? contestant.versions() : {},
    notRun: (operation) => ('reason' in started ? started.reason : unsupported?.[operation.name]),
  };
}

function operationReports(operations: readonly Operation[], samples: Samples): Report['operations'] {
  return operations.flatMap((operation) => {
    const measured = samples.get(operation.name);
    return measured === undefined ? [] : [{ operation, metrics: metricsOf(measured, BASELINE.name) }];
  });
}

async function write(report: Report, name: string, log: Log): Promise<void> {
  const folder = sourcePath('results');
  await mkdir(folder, { recursive: true });
  await Promise.all([
    writeFile(join(folder, `${name}.md`), document(report, `${name}.svg`)),
    writeFile(join(folder, `${name}.svg`), chart(report)),
  ]);
  log(`\nWritten to ${folder}.`);
}

/** The first line of a message, safe for a table cell. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replaceAll('|', '/').slice(0, 200);
}
