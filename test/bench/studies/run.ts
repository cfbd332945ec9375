import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../measure/machine.js';
import { sourcePath } from '../paths.js';
import { surroundings, type Surroundings } from '../report/surroundings.js';
import type { StudyArguments } from './arguments.js';
import type { Findings, Study, Told } from './study.js';

/**
 * Runs a study, tells what it found, and writes that where it is asked for.
 *
 * @returns whether all of its bounds hold
 */
export async function runStudy(
  machine: Machine,
  study: Study,
  args: StudyArguments,
  told: Told,
): Promise<boolean> {
  const load = loadavg();
  const began = performance.now();
  told(`${study.name}: ${study.title}`);
  const findings = await study.run(machine, args, told);
  const minutes = (performance.now() - began) / 60_000;
  const where = surroundings(machine.cores);
  const text = document(study, findings, where, [
    `- load average of the machine when it began: ${load.map((average) => average.toFixed(2)).join(', ')}`,
    `- it took ${minutes.toFixed(1)} minutes${args.quick ? ', being quick: the figures say less' : ''}`,
  ]);
  told(`\n${text}`);
  if (args.write) await write(study, findings, text, told);
  return findings.bounds.every(({ holds }) => holds);
}

function document(
  { name, title }: Study,
  { sections, bounds, picture }: Findings,
  { cores, facts }: Surroundings,
  remarks: readonly string[],
): string {
  const parts = [
    `# ${title}`,
    ...(picture === undefined ? [] : [`![${title}](${name}.svg)`]),
    ...(bounds.length === 0 ? [] : [boundLines(bounds)]),
    ...sections.flatMap(({ heading, text, table }) => [`## ${heading}`, text, table]),
    '## Where it was measured',
    [
      ...remarks,
      cores === undefined
        ? '- nothing is pinned to a core'
        : `- the gateway is pinned to core ${cores.contestants}, nginx and the load to core ${cores.load}, if nothing else is said`,
      ...Object.entries(facts).map(([fact, value]) => `- ${fact}: ${value}`),
    ].join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function boundLines(bounds: Findings['bounds']): string {
  return bounds.map(({ what, holds }) => `- ${holds ? 'holds' : '**does not hold**'}: ${what}`).join('\n');
}

async function write({ name }: Study, { picture }: Findings, text: string, told: Told): Promise<void> {
  const folder = sourcePath('results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.md`), text);
  if (picture !== undefined) await writeFile(join(folder, `${name}.svg`), picture);
  told(`Written to ${folder}.`);
}
