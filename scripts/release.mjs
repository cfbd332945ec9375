/**
 * Prepares a release: sets the version, the changelog and the released schema, and builds the archive. Commits and pushes nothing.
 *
 *     npm run release -- 0.2.0
 *
 * Everything is checked before the first file changes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { mayBreak, versionProblem, withRelease } from './release-rules.mjs';

/** The schema, and that of the subgraph. */
const SCHEMAS = ['schema/schema.graphql', 'schema/subgraph.graphql'];

const root = join(import.meta.dirname, '..');
process.chdir(root);
const {
  positionals: [version = ''],
} = parseArgs({ allowPositionals: true });
const { name, version: current } = JSON.parse(readFileSync('package.json', 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'release-'));
process.once('exit', () => rmSync(scratch, { recursive: true }));

failIf(versionProblem(current, version));
failIf(output('git', 'status', '--porcelain') !== '' && 'There are changes that are not committed.');
failIf(output('git', 'tag', '--list', `v${version}`) !== '' && `There is a tag v${version} already.`);
const today = new Date().toISOString().slice(0, 10);
const changelog = withRelease(readFileSync('CHANGELOG.md', 'utf8'), version, today);
failIf(changelog === undefined && 'CHANGELOG.md has nothing under "## Unreleased".');
checkSchema();
// Fails for a licence that is not allowed.
const licenses = output(process.execPath, 'scripts/licenses.mjs', '--texts');

writeFileSync('CHANGELOG.md', changelog);
copyFileSync('schema/schema.graphql', 'schema/released.graphql');
output('npm', 'version', version, '--no-git-tag-version');
const archive = pack();

console.log(`
Version ${version} is in package.json, package-lock.json and CHANGELOG.md, and the archive in ${archive}.
To publish it:

    git commit --all --message "Version ${version}"
    git tag --annotate v${version} --message "Version ${version}"
    git push --follow-tags
`);

/** Builds, and rejects a schema that is not what the classes say, or that breaks clients of this version. */
function checkSchema() {
  rmSync('dist', { recursive: true, force: true });
  output(process.execPath, 'build.mjs');
  const printed = SCHEMAS.map((file) => join(scratch, basename(file)));
  output(process.execPath, 'dist/graphql/print-schema.js', ...printed);
  for (const [index, file] of SCHEMAS.entries()) {
    const isCurrent = readFileSync(printed[index], 'utf8') === readFileSync(file, 'utf8');
    failIf(!isCurrent && `${file} is not what the program has: run \`npm run generate\`.`);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['schema/check-breaking-changes.mjs', '--fail'],
    { encoding: 'utf8' },
  );
  console.log(stdout);
  failIf(stderr !== '' && stderr);
  failIf(status !== 0 && !mayBreak(current, version) && `${version} may not break clients of ${current}.`);
}

/** @returns the path of the archive, beside which are its checksum and its bill of materials */
function pack() {
  const title = `${name}-${version}`;
  const folder = join(scratch, title);
  const archive = `release/${title}.tar.gz`;
  mkdirSync('release', { recursive: true });
  cpSync('dist', join(folder, 'dist'), { recursive: true, filter: (file) => !file.endsWith('.map') });
  const files = ['package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.env.example'];
  // What docs/operations.md says to do with an archive. Only what is committed: others may hold secrets.
  const forOperators = output('git', 'ls-files', 'docs', 'deploy').split('\n').filter(Boolean);
  for (const file of [...files, ...SCHEMAS, ...forOperators]) cpSync(file, join(folder, file));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licenses);
  // The same files make the same archive, whoever packs them.
  const time = output('git', 'log', '-1', '--format=%cI').trim();
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const tar = join(scratch, 'archive.tar');
  output(
    'tar',
    '--create',
    '--file',
    tar,
    '--sort=name',
    `--mtime=${time}`,
    ...owner,
    '--directory',
    scratch,
    title,
  );
  output('gzip', '--no-name', '--best', tar);
  copyFileSync(`${tar}.gz`, archive);
  const checksum = createHash('sha256').update(readFileSync(archive)).digest('hex');
  writeFileSync(`${archive}.sha256`, `${checksum}  ${title}.tar.gz\n`);
  writeFileSync(`release/${title}.cdx.json`, output(process.execPath, 'scripts/sbom.mjs'));
  return archive;
}

/** Runs a program. @returns what it printed */
function output(program, ...args) {
  return execFileSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @param {string | false | undefined} reason */
function failIf(reason) {
  if (typeof reason !== 'string') return;
  console.error(reason);
  process.exit(1);
}
