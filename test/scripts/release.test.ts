import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

// Each release builds the program.
jest.setTimeout(60_000);

const ROOT = join(import.meta.dirname, '../..');
const CHANGES = '# Changelog\n\n## Unreleased\n\n### Added\n\n- A field.\n\n## 0.1.0 - 2026-11-22\n';

/** A repository with this project's files as they are now. */
let clone: string;
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'release-test-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.trim().split('\n')) {
    if (!file.startsWith('test/')) cpSync(join(ROOT, file), join(clone, file), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  writeFileSync(join(clone, '.gitignore'), 'node_modules\ndist/\nrelease/\n');
  git('init', '--quiet');
  write('CHANGELOG.md', CHANGES);
});
afterAll(() => {
  rmSync(clone, { recursive: true });
});

function git(...args: readonly string[]): string {
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...author, ...args], { cwd: clone, encoding: 'utf8' });
}

/** Writes a file and commits everything. */
function write(file: string, text: string): void {
  writeFileSync(join(clone, file), text);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Change', '--allow-empty');
}

function read(file: string): string {
  return readFileSync(join(clone, file), 'utf8');
}

function release(...args: readonly string[]) {
  const script = join(clone, 'scripts/release.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each([
  [[], '"" is no version like 1.2.3.'],
  [['v0.2.0'], '"v0.2.0" is no version like 1.2.3.'],
  [['0.1.0'], '0.1.0 is not later than 0.1.0.'],
  [['0.0.9'], '0.0.9 is not later than 0.1.0.'],
])('%j is rejected', (args, message) => {
  expect(release(...args)).toMatchObject({ status: 1, stderr: `${message}\n` });
  expect(git('status', '--porcelain')).toBe('');
});

test('changes that are not committed stop a release', () => {
  appendFileSync(join(clone, 'README.md'), 'More.\n');
  expect(release('0.2.0')).toMatchObject({
    status: 1,
    stderr: 'There are changes that are not committed.\n',
  });
  git('checkout', '--quiet', 'README.md');
});

test('an empty changelog stops a release', () => {
  write('CHANGELOG.md', CHANGES.replace('### Added\n\n- A field.\n\n', ''));
  expect(release('0.2.0')).toMatchObject({
    status: 1,
    stderr: 'CHANGELOG.md has nothing under "## Unreleased".\n',
  });
  write('CHANGELOG.md', CHANGES);
});

test('a version that promises compatibility may not break clients; nothing is changed', () => {
  const released = read('schema/released.graphql');
  write('schema/released.graphql', released.replace('type Query {', 'type Query {\n  removed: String\n'));
  const { status, stdout, stderr } = release('0.1.1');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '0.1.1 may not break clients of 0.1.0.\n' });
  expect(stdout).toContain('Query.removed');
  expect(git('status', '--porcelain')).toBe('');
  write('schema/released.graphql', released);
});

test.each(['schema/schema.graphql', 'schema/subgraph.graphql'])(
  'a %s that is not what the program has stops a release; nothing is changed',
  (file) => {
    const text = read(file);
    write(file, text.replace('type Query {', 'type Query {\n  another: String\n'));
    expect(release('0.2.0')).toMatchObject({
      status: 1,
      stderr: `${file} is not what the program has: run \`npm run generate\`.\n`,
    });
    expect(git('status', '--porcelain')).toBe('');
    write(file, text);
  },
);

test('a licence that is not allowed stops a release; nothing is changed', () => {
  const script = read('scripts/licenses.mjs');
  write('scripts/licenses.mjs', script.replace("'MIT'", "'Another'"));
  const { status, stderr } = release('0.2.0');
  expect([status, stderr]).toEqual([1, expect.stringContaining('Not in the list of allowed licences')]);
  expect(git('status', '--porcelain')).toBe('');
  write('scripts/licenses.mjs', script);
});

test('a release has a version, a changelog, a schema, and an archive with its checksum', () => {
  // Ignored, and so not part of it.
  writeFileSync(join(clone, '.git/info/exclude'), 'compose.env\n');
  writeFileSync(join(clone, 'deploy/compose.env'), 'WEBHOOK_SECRET=planted\n');
  const { status, stdout, stderr } = release('0.2.0');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('git tag --annotate v0.2.0');
  const today = new Date().toISOString().slice(0, 10);
  expect(read('CHANGELOG.md')).toBe(
    CHANGES.replace('## Unreleased\n', `## Unreleased\n\n## 0.2.0 - ${today}\n`),
  );
  const versions = ['package.json', 'package-lock.json'].map(
    (file) => JSON.parse(read(file)) as { version: string },
  );
  expect(versions.map(({ version }) => version)).toEqual(['0.2.0', '0.2.0']);
  expect(read('schema/released.graphql')).toBe(read('schema/schema.graphql'));

  const [checksum, name] = read('release/fieldgate-0.2.0.tar.gz.sha256').trim().split('  ');
  const archive = join(clone, 'release', name!);
  expect(createHash('sha256').update(readFileSync(archive)).digest('hex')).toBe(checksum);
  const listed = execFileSync('tar', ['--list', '--file', archive], { encoding: 'utf8' }).split('\n');
  const inside = [
    'dist/main.js',
    'LICENSE',
    'README.md',
    'THIRD-PARTY-LICENSES.txt',
    'schema/schema.graphql',
    'schema/subgraph.graphql',
    'docs/operations.md',
    'deploy/nginx/nginx.conf',
    'deploy/prometheus/rules/fieldgate.yml',
    'deploy/grafana/dashboards/fieldgate.json',
    'deploy/kubernetes/base/deployment.yaml',
  ];
  expect(listed).toEqual(expect.arrayContaining(inside.map((file) => `fieldgate-0.2.0/${file}`)));
  expect(listed.filter((file) => file.endsWith('.map') || file.endsWith('compose.env'))).toEqual([]);
  // It commits nothing.
  expect(git('log', '--oneline', '--all', '--', 'release').trim()).toBe('');
  expect(git('tag')).toBe('');
});
