/**
 * Prints how `schema.graphql` differs from `released.graphql`, the schema of the last release, worst changes first.
 *
 *     node schema/check-breaking-changes.mjs [--fail]
 *
 * A release copies the one over the other. With `--fail`, breaking changes make the exit code 1; without, it is 0
 * whatever the changes are: they may be wanted, but nobody should make them unawares.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const released = new URL('released.graphql', import.meta.url);
const current = new URL('schema.graphql', import.meta.url);

const SECTIONS = [
  { level: CriticalityLevel.Breaking, title: "BREAKING: queries of today's clients will fail", sign: '✖' },
  { level: CriticalityLevel.Dangerous, title: 'Dangerous: clients may not expect it', sign: '!' },
  { level: CriticalityLevel.NonBreaking, title: 'Safe', sign: '✔' },
];

const { values: options } = parseArgs({ options: { fail: { type: 'boolean', default: false } } });

if (existsSync(released)) {
  const changes = await diff(readSchema(released), readSchema(current));
  console.log(report(changes));
  if (options.fail && breaking(changes).length > 0) process.exitCode = 1;
} else {
  console.log('There is no schema/released.graphql, so nothing is released yet that a change could break.');
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
  if (changes.length === 0) return 'The schema is that of the last release.';
  const sections = SECTIONS.map((section) => describe(section, changes)).filter((text) => text !== '');
  const summary = `${changes.length} changes since the last release, ${breaking(changes).length} of them breaking.`;
  return [...sections, summary].join('\n\n');
}

/** One section with its changes, sorted by place; nothing where it has none. */
function describe({ level, title, sign }, changes) {
  const lines = changes
    .filter(({ criticality }) => criticality.level === level)
    .map(({ path, message }) => `  ${sign} ${path}: ${message}`);
  return lines.length === 0 ? '' : [`${title} (${lines.length})`, ...lines.sort()].join('\n');
}
