/**
 * Lists the licences of all production packages. Exits with 1 if one is not allowed.
 *
 *     node scripts/licenses.mjs           a line for each package
 *     node scripts/licenses.mjs --texts   the texts, which a copy of the bundled program must contain
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import satisfies from 'spdx-satisfies';
import { productionPackages } from './production-packages.mjs';

/** Licences (SPDX) that demand no more than that their text stays with copies. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const LICENSE_FILE = /^(?:licen[cs]e|notice|copying)(?:[.-]|$)/i;

const root = join(import.meta.dirname, '..');
const { values: options } = parseArgs({ options: { texts: { type: 'boolean', default: false } } });

const packages = productionPackages(root).sort(byName);
const refused = packages.filter(({ license }) => !isAllowed(license));

console.log(packages.map(options.texts ? withTexts : withLicense).join('\n'));
if (refused.length > 0) {
  console.error(`\nNot in the list of allowed licences:\n${refused.map(withLicense).join('\n')}`);
  process.exitCode = 1;
}

/** @param {string | undefined} license an SPDX expression */
function isAllowed(license) {
  try {
    return license !== undefined && satisfies(license, ALLOWED);
  } catch {
    // Not an SPDX expression, such as "SEE LICENSE IN ...".
    return false;
  }
}

function withLicense({ name, version, license }) {
  return `${name} ${version}: ${license ?? 'unknown'}`;
}

function withTexts(each) {
  const folder = join(root, each.path);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => LICENSE_FILE.test(file)) : [];
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${'='.repeat(80)}\n${withLicense(each)}`, ...texts, ''].join('\n\n');
}

function byName(one, other) {
  return `${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1;
}
