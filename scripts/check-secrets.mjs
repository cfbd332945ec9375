/**
 * Searches what a run of the tests has written for secrets: logs, the output of programs, errors, metrics and traces.
 *
 *     SECRETS_AUDIT_DIR=/tmp/written npm test
 *     npm run check:secrets -- /tmp/written
 *
 * Exits with 1 if there is one, or if there was nothing to search.
 */
import { readdirSync, readFileSync } from 'node:fs';
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

const files = readdirSync(folder);
const texts = new Map(
  KINDS.map((kind) => [
    kind,
    files
      .filter((name) => name.startsWith(`${kind}-`))
      .map((name) => readFileSync(join(folder, name), 'utf8').replace(INTENDED, ''))
      .join('\n'),
  ]),
);

const missing = KINDS.filter((kind) => texts.get(kind).length === 0);
const found = [...texts].flatMap(([kind, text]) =>
  Object.entries(SECRETS).flatMap(([what, pattern]) =>
    [...text.matchAll(pattern)].map(({ index }) => {
      const around = text.slice(Math.max(0, index - 80), index + 80).replace(/\s+/g, ' ');
      return `${kind}: ${what}: …${around}…`;
    }),
  ),
);
for (const kind of missing) console.error(`Nothing was searched: there are no ${kind}.`);
for (const line of [...new Set(found)].slice(0, 50)) console.error(line);
if (missing.length > 0 || found.length > 0) process.exitCode = 1;
else {
  const sizes = KINDS.map((kind) => `${Math.ceil(texts.get(kind).length / 1024)} KB of ${kind}`);
  console.log(`No secret in ${sizes.join(', ')}.`);
}
