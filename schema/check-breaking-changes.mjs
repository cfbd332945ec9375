/**
 * Prints how `schema.graphql` differs from `released.graphql`, the schema of the last release, breaking changes first.
 *
 *     node schema/check-breaking-changes.mjs [--fail]
 *
 * A release copies `schema.graphql` to `released.graphql`. With `--fail`, breaking changes exit with code 1; otherwise
 * the exit code is 0, as they can be intended.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const released = new URL('released.graphql', import.meta.url);
const current = new URL('schema.graphql', import.meta.url);

const SECTIONS = [
  { level: CriticalityLevel.Breaking, title: 'BREAKING: existing queries can fail', sign: '✖' },
  { level: CriticalityLevel.Dangerous, title: 'Dangerous: clients may not expect these changes', sign: '!' },
  { level: CriticalityLevel.NonBreaking, title: 'Safe', sign: '✔' },
];

const { values: options } = parseArgs({ options: { fail: { type: 'boolean', default: false } } });

if (existsSync(released)) {
  const changes = await diff(readSchema(released), readSchema(current));
  console.log(report(changes));
  if (options.fail && breaking(changes).length > 0) process.exitCode = 1;
} else {
  console.log('There is no schema/released.graphql: nothing has been released that a change could break.');
}

/** @param {URL} file */
function readSchema(file) {
  return buildSchema(readFileSync(file, 'utf8'));
}

/** @typedef {import('@graphql-inspector/core').Change} Change */

/** @param {Change[]} changes */
function breaking(changes) {
  return changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
}

/** @param {Change[]} changes */
function report(changes) {
  if (changes.length === 0) return 'The schema has not changed since the last release.';
  const sections = SECTIONS.map((section) => describe(section, changes)).filter((text) => text !== '');
  const summary = `${changes.length} changes since the last release, ${breaking(changes).length} of them breaking.`;
  return [...sections, summary].join('\n\n');
}

/** One section with its changes, sorted by path; empty if there are none. */
function describe({ level, title, sign }, changes) {
  const lines = changes
    .filter(({ criticality }) => criticality.level === level)
    .map(({ path, message }) => `  ${sign} ${path}: ${message}`);
  return lines.length === 0 ? '' : [`${title} (${lines.length})`, ...lines.sort()].join('\n');
}
