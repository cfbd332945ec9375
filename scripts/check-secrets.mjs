/**
 * Searches what a run of the tests has written for secrets: logs, the output of programs, errors, metrics and traces.
 *
 *     SECRETS_AUDIT_DIR=/tmp/written npm test
 *     npm run check:secrets -- /tmp/written
 *
 * Exits with 1 if there is one, or if there was nothing to search.
 */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** As in `test/helpers/audit/write.ts`. */
const KINDS = ['logs', 'programs', 'errors', 'metrics', 'traces'];

const SECRETS = {
  // Tests name their secrets so.
  'a planted secret': /planted/gi,
  // The same in Base64, by where it begins in three bytes.
  'a planted secret in Base64': /cGxhbnRlZ|BsYW50ZW|wbGFudGVk/g,
  // Signs the API's own example of a delivery, and those of tests.
  'the secret of webhooks': /FP7UPZpATKBcYJj4va95PYud/g,
  'a credential': /\b(?:Bearer|Basic) [\w.~+/-]{4,}=*/g,
  'a JWT': /\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]{10,}/g,
  'a password in a URL': /\b[a-z]+:\/\/[^\s/:@"]*:[^\s/@"]+@/g,
};

/** What is written on purpose: the tokens of the demo's callers, and an example of a URL. */
const INTENDED = /"header":"Authorization: Bearer [^"]*"|redis:\/\/user:password@redis\.example\.com/g;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that SECRETS_AUDIT_DIR was.');

/** How much is searched at a time, and how much of it once more with what follows, in characters: a run can write gigabytes. */
const CHUNK = 16 * 1024 * 1024;
const OVERLAP = 4096;

const files = readdirSync(folder);
/** Sizes in bytes, by kind. */
const sizes = new Map(KINDS.map((kind) => [kind, 0]));
const found = new Set();

for (const kind of KINDS) {
  for (const name of files.filter((each) => each.startsWith(`${kind}-`))) {
    const file = join(folder, name);
    sizes.set(kind, sizes.get(kind) + statSync(file).size);
    let rest = '';
    for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK })) {
      const text = rest + chunk;
      search(kind, text.replace(INTENDED, ''));
      rest = text.slice(-OVERLAP);
    }
  }
}

const missing = KINDS.filter((kind) => sizes.get(kind) === 0);
for (const kind of missing) console.error(`Nothing was searched: there are no ${kind}.`);
for (const line of [...found].slice(0, 50)) console.error(line);
if (missing.length > 0 || found.size > 0) process.exitCode = 1;
else
  console.log(
    `No secret in ${KINDS.map((kind) => `${Math.ceil(sizes.get(kind) / 1024)} KB of ${kind}`).join(', ')}.`,
  );

function search(kind, text) {
  for (const [what, pattern] of Object.entries(SECRETS)) {
    for (const { index } of text.matchAll(pattern)) {
      const around = text.slice(Math.max(0, index - 80), index + 80).replace(/\s+/g, ' ');
      found.add(`${kind}: ${what}: …${around}…`);
    }
  }
}
