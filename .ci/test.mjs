/**
 * Runs the tests and, if all of them run, prints their counts. Files that fail run once more, one after another: many tests start processes and have
 * deadlines, which a machine that stalls can miss. A test that passes only then is named as flaky, because it has a defect.
 *
 *     node .ci/test.mjs [arguments of Jest]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** If more files fail, a stall is not the cause. */
const MAX_FILES_TO_REPEAT = 3;

const scratch = mkdtempSync(join(tmpdir(), 'tests-'));
try {
  process.exitCode = main(process.argv.slice(2));
} finally {
  rmSync(scratch, { recursive: true });
}

function main(args) {
  const first = run('first', 'npm', ['test', '--', ...args]);
  const failed = first.files.filter(({ status }) => status === 'failed').map(({ name }) => name);
  let last = first;
  if (failed.length > 0 && failed.length <= MAX_FILES_TO_REPEAT) {
    const again = run('again', 'npx', ['jest', '--runInBand', '--runTestsByPath', ...failed]);
    for (const test of flakyTests(first.files, again.files)) console.log(`Flaky: ${test}`);
    const files = first.files.map((file) => again.files.find(({ name }) => name === file.name) ?? file);
    last = { exitCode: again.exitCode, files };
  }
  if (args.length === 0) printCounts(last.files);
  return last.exitCode;
}

/** @returns Jest's exit code, and the results of each file in its report */
function run(name, command, args) {
  const report = join(scratch, `${name}.json`);
  const { status } = spawnSync(command, [...args, '--json', `--outputFile=${report}`], { stdio: 'inherit' });
  if (existsSync(report))
    return { exitCode: status ?? 1, files: JSON.parse(readFileSync(report, 'utf8')).testResults };
  console.log('No test ran: the build or Jest itself failed.');
  return { exitCode: status || 1, files: [] };
}

/** The tests that failed at first and passed when their file ran again. */
function flakyTests(first, again) {
  return again.flatMap(({ name, assertionResults }) => {
    const before = first.find((file) => file.name === name);
    const failures = before.assertionResults.filter(({ status }) => status === 'failed');
    const passed = new Set(
      assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
    );
    return failures
      .filter(({ fullName }) => passed.has(fullName))
      .map(({ fullName }) => `${relative(process.cwd(), name)}: ${fullName}`);
  });
}

/** A file that could not even be loaded counts as one failure. */
function printCounts(files) {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
  const unloaded = files.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const skipped = count('pending', 'skipped', 'todo');
  console.log(
    `${count('passed')} passed, ${count('failed') + unloaded.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
}
