/**
 * Builds and tests with each version of Node.js that is supported. The npm package `node` brings the programs.
 *
 *     npm run test:versions                       all tests, with every version
 *     npm run test:versions -- --smoke            the smoke run of the built program only
 *     npm run test:versions -- --versions 22,24   these versions only
 *     npm run test:versions -- test/server        the smoke run and these tests only
 */
import { execFile, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const VERSIONS = ['20.19', '22', '24', '26'];

const root = join(import.meta.dirname, '..');
const { values: options, positionals: tests } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: 'boolean', default: false }, versions: { type: 'string' } },
});
const versions = options.versions?.split(',') ?? VERSIONS;
if (options.smoke && tests.length > 0) throw new Error('--smoke runs no tests: leave out one of the two.');

// Downloads wait for the network, so that they run at the same time.
const programs = await Promise.all(versions.map(download));
const results = programs.map((node) => ({ node, failed: firstFailure(node) }));

console.log('');
for (const { node, failed } of results) console.log(`Node ${node.version}: ${failed ?? 'passed'}`);
if (results.some(({ failed }) => failed !== undefined)) process.exitCode = 1;

/** @param {string} version a version or the beginning of one: the latest that fits is taken */
async function download(version) {
  const print = 'console.log(process.version, process.execPath)';
  const { stdout } = await promisify(execFile)(
    'npx',
    ['--yes', `--package=node@${version}`, 'node', '-e', print],
    {
      // Outside the project, whose own packages npx would prefer.
      cwd: dirname(root),
    },
  );
  const [found, path] = stdout.trim().split(' ');
  if (!`${found}.`.startsWith(`v${version}.`)) throw new Error(`npx ran Node ${found} for node@${version}.`);
  return { version: found, path };
}

/** @returns what failed first; undefined if everything passed */
function firstFailure(node) {
  const steps = [
    ['the build', ['build.mjs']],
    ['the smoke run', ['test/smoke.mjs']],
    ...(options.smoke ? [] : [['the tests', ['node_modules/jest/bin/jest.js', ...tests]]]),
  ];
  return steps.find(([name, args]) => !passes(node, name, args))?.[0].concat(' failed');
}

function passes({ version, path }, name, args) {
  console.log(`\n--- Node ${version}: ${name}`);
  const { status, error } = spawnSync(path, args, {
    cwd: root,
    stdio: 'inherit',
    // For what tests start by name.
    env: { ...process.env, PATH: `${dirname(path)}:${process.env.PATH}` },
  });
  if (error !== undefined) console.error(error.message);
  return status === 0;
}
