/** The safelist follows its file, whatever happens to that. */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../helpers/until.js';
import { startTestGateway } from '../helpers/gateway.js';
import { liveRunId, RUN, runUpdated, ReceivedResults, webSocketClient } from '../live/live-fixture.js';
import { codeOf, startSafelistFixture, transports, type SafelistFixture } from './safelist-fixture.js';

const [, post] = transports[0]!;
const OTHER = 'query Run($id: ID!) { fieldingRun(id: $id) { status id } }';
const first = JSON.stringify({ run: RUN });
const second = JSON.stringify({ other: OTHER });
const both = JSON.stringify({ run: RUN, other: OTHER });

let fixture: SafelistFixture;
beforeEach(async () => {
  fixture = await startSafelistFixture({ run: RUN });
});
afterEach(() => fixture.close());

async function isListed(documentId: string): Promise<boolean> {
  const result = await post(fixture.live.gateway, { documentId, variables: { id: liveRunId } });
  expect([undefined, 'PERSISTED_QUERY_NOT_FOUND']).toContain(codeOf(result));
  return result.errors === undefined;
}

const loads = () => fixture.log.filter(({ msg }) => msg === 'The safelist has been loaded.').length;
const rejections = () =>
  fixture.log.filter(
    ({ msg }) => msg === 'The new safelist cannot be used. The gateway keeps the previous one.',
  );

/** Waits until the gateway has looked at the file a few times more. */
const looks = () => new Promise((resolve) => setTimeout(resolve, 100));

test('another file that takes its place by a rename is loaded', async () => {
  const next = join(fixture.folder, 'next.json');
  await writeFile(next, second);
  await rename(next, fixture.path);
  await until(() => isListed('other'));
  expect(await isListed('run')).toBe(false);
  expect(fixture.log.at(-1)).toMatchObject({ path: fixture.path, documents: 1 });
});

test('a file that is written in its place is loaded', async () => {
  await writeFile(fixture.path, both);
  await until(() => isListed('other'));
  expect(await isListed('run')).toBe(true);
});

test('a file that grows bit by bit is loaded when it is whole', async () => {
  await truncate(fixture.path, 0);
  for (const part of second.match(/.{1,20}/g)!) {
    await appendFile(fixture.path, part);
    expect(await isListed('run')).toBe(true);
  }
  await until(() => isListed('other'));
});

test('a file of a Kubernetes ConfigMap, behind two symbolic links, is loaded', async () => {
  const mount = join(fixture.folder, 'mount');
  const version = async (name: string, text: string) => {
    await mkdir(join(mount, name), { recursive: true });
    await writeFile(join(mount, name, 'safelist.json'), text);
    // As the kubelet does: the link is made beside the old one, and takes its place.
    await symlink(name, join(mount, '..data_tmp'));
    await rename(join(mount, '..data_tmp'), join(mount, '..data'));
  };
  await version('..1', first);
  await symlink(join('..data', 'safelist.json'), join(mount, 'safelist.json'));
  await fixture.live.restart({
    env: {
      SAFELIST_FILE: join(mount, 'safelist.json'),
      SAFELIST_MODE: 'enforce',
      SAFELIST_POLL_MS: '10',
    },
  });
  expect(await isListed('run')).toBe(true);
  await version('..2', second);
  await rm(join(mount, '..1'), { recursive: true });
  await until(() => isListed('other'));
  expect(await isListed('run')).toBe(false);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['is no JSON', () => writeFile(fixture.path, '{"run":'), 'it is not valid JSON'],
  ['is empty', () => writeFile(fixture.path, ''), 'it is not valid JSON'],
  ['has no documents', () => writeFile(fixture.path, '{}'), 'it has no documents'],
  [
    'has a text that is no document',
    () => writeFile(fixture.path, JSON.stringify({ run: RUN, other: '{' })),
    'the document "other" is not valid: Syntax Error: Expected Name, found <EOF>.',
  ],
  ['is too large', () => truncate(fixture.path, 10 * 1024 * 1024 + 1), 'it has more than 10 MiB'],
  ['is gone', () => rm(fixture.path), 'it cannot be read: ENOENT'],
  [
    'is a folder',
    async () => {
      const next = join(fixture.folder, 'next');
      await mkdir(join(fixture.folder, 'folder'));
      await symlink('folder', next);
      await rename(next, fixture.path);
    },
    'it is not a file',
  ],
  [
    'is a pipe',
    async () => {
      const next = join(fixture.folder, 'next');
      await promisify(execFile)('mkfifo', [next]);
      await rename(next, fixture.path);
    },
    'it is not a file',
  ],
])('a file that %s is rejected once, and the previous one is kept', async (_, spoil, reason) => {
  await spoil();
  await until(() => rejections().length > 0);
  await looks();
  expect(rejections()).toEqual([expect.objectContaining({ level: 50, path: fixture.path, reason })]);
  expect(await isListed('run')).toBe(true);
  expect(codeOf(await post(fixture.live.gateway, { query: OTHER }))).toBe('DOCUMENT_NOT_ALLOWED');

  await rm(fixture.path, { recursive: true, force: true });
  await writeFile(fixture.path, second);
  await until(() => isListed('other'));
  expect(await isListed('run')).toBe(false);
});

test('a file that has not changed is not read again', async () => {
  await looks();
  expect(loads()).toBe(1);
  await utimes(fixture.path, new Date(), new Date());
  await until(() => loads() === 2);
  await looks();
  expect(loads()).toBe(2);
});

test('documents that are not valid for the schema are named in the log', async () => {
  await writeFile(fixture.path, JSON.stringify({ run: RUN, gone: '{ gone }' }));
  await until(() => loads() === 2 && fixture.log.at(-1)?.['count'] === 1);
  expect(fixture.log.at(-1)).toMatchObject({
    level: 40,
    documents: [{ id: 'gone', reason: expect.stringContaining('"gone" on type "Query".') }],
  });
});

test('a subscription stays open when its document is removed from the list', async () => {
  await writeFile(fixture.path, JSON.stringify({ updated: runUpdated.query }));
  await until(() => loads() === 2);
  const client = webSocketClient(fixture.live.gateway);
  const received = new ReceivedResults();
  client.subscribe(
    { query: '', documentId: 'updated', variables: runUpdated.variables } as never,
    received.sink,
  );
  await until(() => received.results.length === 1);
  await writeFile(fixture.path, first);
  await until(() => loads() === 3);
  const changed = await fixture.live.change();
  await until(() => received.runs.length === 2);
  expect(received.runs[1]).toEqual(changed);
  await client.dispose();
});

test.each([
  ['is not there', undefined, 'it cannot be read: ENOENT'],
  ['is broken', '{', 'it is not valid JSON'],
])('a gateway whose file %s does not start', async (_, text, reason) => {
  const path = join(fixture.folder, 'start.json');
  if (text !== undefined) await writeFile(path, text);
  const env = { SAFELIST_FILE: path, SAFELIST_MODE: 'enforce' };
  await expect(startTestGateway({ demandApiUrl: fixture.live.emulator.url, env })).rejects.toMatchObject({
    name: 'ConfigError',
    message: `SAFELIST_FILE=${path} cannot be used: ${reason}`,
  });
});
