import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../measure/machine.js';
import { sourcePath } from '../paths.js';
import { readEnvironment, type Environment } from '../report/environment.js';
import type { StudyArguments } from './arguments.js';
import type { Findings, Study, Log } from './study.js';

/**
 * Runs a study, prints its results and optionally writes them.
 *
 * @returns whether all of its bounds hold
 */
export async function runStudy(
  machine: Machine,
  study: Study,
  args: StudyArguments,
  log: Log,
): Promise<boolean> {
  const load = loadavg();
  const startedAt = performance.now();
  log(`${study.name}: ${study.title}`);
  const findings = await study.run(machine, args, log);
  const minutes = (performance.now() - startedAt) / 60_000;
  const where = readEnvironment(machine.cores);
  const text = document(study, findings, where, [
    `- load average at the start: ${load.map((average) => average.toFixed(2)).join(', ')}`,
    `- duration: ${minutes.toFixed(1)} minutes${args.quick ? ', quick, so less precise' : ''}`,
  ]);
  log(`\n${text}`);
  if (args.write) await write(study, findings, text, log);
  return findings.bounds.every(({ holds }) => holds);
}

function document(
  { name, title }: Study,
  { sections, bounds, picture }: Findings,
  { cores, details }: Environment,
  remarks: readonly string[],
): string {
  const parts = [
    `# ${title}`,
    ...(picture === undefined ? [] : [`![${title}](${name}.svg)`]),
    ...(bounds.length === 0 ? [] : [boundLines(bounds)]),
    ...sections.flatMap(({ heading, text, table }) => [`## ${heading}`, text, table]),
    '## Environment',
    [
      ...remarks,
      cores === undefined
        ? '- nothing is pinned to a core'
        : `- the gateway is pinned to core ${cores.contestants}, nginx and the load to core ${cores.load}, unless noted`,
      ...Object.entries(details).map(([name, value]) => `- ${name}: ${value}`),
    ].join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function boundLines(bounds: Findings['bounds']): string {
  return bounds.map(({ text, holds }) => `- ${holds ? 'holds' : '**does not hold**'}: ${text}`).join('\n');
}

async function write({ name }: Study, { picture }: Findings, text: string, log: Log): Promise<void> {
  const folder = sourcePath('results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.md`), text);
  if (picture !== undefined) await writeFile(join(folder, `${name}.svg`), picture);
  log(`Written to ${folder}.`);
}
