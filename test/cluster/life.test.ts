import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { accounts, READ_ACCOUNTS } from '../upstream/faults/demand.js';
import { Connection } from './connection.js';
import { isAlive, Program } from './program.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

const answer = { data: { accounts: [{ name: 'Acme' }] } };

let upstream: ScriptedUpstream;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', accounts);
});
afterEach(async () => {
  await Program.killAll();
  await upstream.close();
});

function start(env: Readonly<Record<string, string>> = {}, flags?: readonly string[]): Program {
  return new Program({ WORKERS: '2', DEMAND_API_URL: upstream.url, ...env }, flags);
}

/** Asks on two connections, one of each worker, and waits until what they ask has come upstream. */
async function askSlowly(url: string): Promise<{ answers: Promise<unknown[]>; close: () => void }> {
  upstream.on('GET', '/accounts', { ...accounts, delayMs: 500 });
  const before = upstream.requests.length;
  const connections = [new Connection(url), new Connection(url)];
  const answers = connections.map(async (connection, nth) => {
    const { body, headers } = await connection.query(READ_ACCOUNTS, {}, `token-${nth}`);
    return { body, connection: headers.connection };
  });
  while (upstream.requests.length < before + 2) await sleep(5);
  return {
    answers: Promise.all(answers),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

test('a signal to all processes at once, and twice: requests under way are answered, and the end is 0', async () => {
  const program = start({ DRAIN_DELAY_MS: '300' });
  const url = await program.url();
  const { answers, close } = await askSlowly(url);
  program.signalGroup('SIGINT');
  program.signalGroup('SIGINT');
  await program.line(({ signal }) => signal === 'SIGINT');
  const late = new Connection(url, { keepAlive: false });
  expect((await late.get('/readyz')).status).toBe(503);
  expect((await late.query(READ_ACCOUNTS)).body).toEqual(answer);
  expect(await answers).toEqual([1, 2].map(() => ({ body: answer, connection: 'close' })));
  close();
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
  for (const pid of program.workers) expect(isAlive(pid)).toBe(false);
});

test('when its first process is killed, the others answer what they have, end, and leave the port free', async () => {
  const program = start();
  const url = await program.url();
  const { answers, close } = await askSlowly(url);
  program.signal('SIGKILL');
  expect(await answers).toEqual([1, 2].map(() => ({ body: answer, connection: 'close' })));
  close();
  await program.end();
  for (const pid of program.workers) while (isAlive(pid)) await sleep(5);
  const next = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  await once(next, 'listening');
  next.close();
});

test('without DEMAND_API_URL one emulator stands behind all workers', async () => {
  const program = new Program({ WORKERS: '2', EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' });
  const url = await program.url();
  const connections = [new Connection(url), new Connection(url)];
  for (const connection of connections) {
    const { body } = await connection.query('{ accounts { id } }', {}, 'demo');
    expect(body).toEqual({ data: { accounts: [{ id: '101' }] } });
    expect(await connection.text('/graphiql')).toContain('Bearer demo');
    connection.close();
  }
  expect(program.lines.filter(({ control }) => control !== undefined)).toHaveLength(1);
  program.signal('SIGTERM');
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
});

test('a port that is taken ends it with what it says without workers', async () => {
  const { port } = new URL(upstream.url);
  const [alone, together] = await Promise.all(
    ['1', '2'].map((workers) => start({ WORKERS: workers, PORT: port }).end()),
  );
  expect(together).toEqual(alone);
  expect(together).toEqual({ code: 1, stderr: expect.stringMatching(/^PORT or HOST [^\n]+\n$/) });
});

test('workers that cannot start end it with 1 and one line', async () => {
  const program = start({}, ['--import', dyingWorkers('true')]);
  const { code, stderr } = await program.end();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'No worker can start: the last one ended with exit code 7.\n',
  });
});

test('where new workers cannot start, a restart leaves the old ones at work', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'workers-'));
  try {
    const broken = join(folder, 'broken');
    const program = start({}, ['--import', dyingWorkers(`existsSync(${JSON.stringify(broken)})`)]);
    const connection = new Connection(await program.url());
    await writeFile(broken, '');
    program.signal('SIGHUP');
    await program.line(({ msg }) => String(msg).includes('cannot start'));
    expect((await connection.query(READ_ACCOUNTS)).body).toEqual(answer);
    connection.close();
    for (const pid of program.workers) expect(isAlive(pid)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A module that ends workers as soon as they begin, where a condition holds. */
function dyingWorkers(condition: string): string {
  const source = `
    import cluster from 'node:cluster';
    import { existsSync } from 'node:fs';
    if (cluster.isWorker && ${condition}) process.exit(7);`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
