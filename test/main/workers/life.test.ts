import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { EmulatorControl } from '../../helpers/emulator.js';
import { hasRedis, TestRedis } from '../../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { accounts } from '../../upstream/faults/demand.js';
import { Connection } from '../../helpers/connection.js';
import { freePort } from '../../helpers/ports.js';
import { isAlive, Program } from '../../helpers/program.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

const it = hasRedis ? test : test.skip;

let redis: TestRedis;
beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(async () => {
  await redis.close();
});

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
  return new Program({ WORKERS: '2', REDIS_URL: redis.url, DEMAND_API_URL: upstream.url, ...env }, flags);
}

/** Asks on two connections, one of each worker, what is answered late, and waits until it has come upstream. */
async function askOnBoth(
  program: Program,
  token: string,
  sent: () => Promise<number>,
): Promise<{ answers: Promise<unknown[]>; close: () => void }> {
  const before = await sent();
  const connections: Connection[] = [];
  for (const worker of program.workers) connections.push(await program.connect(worker));
  const answers = connections.map(async (connection) => {
    const { body, headers } = await connection.query('{ accounts { id } }', {}, token);
    return { body, connection: headers.connection };
  });
  while ((await sent()) < before + 2) await sleep(5);
  return {
    answers: Promise.all(answers),
    close: () => {
      for (const connection of connections) connection.close();
    },
  };
}

it('a signal to all processes, twice: requests in flight are answered, and the exit code is 0', async () => {
  const program = new Program({
    WORKERS: '2',
    REDIS_URL: redis.url,
    EMULATOR_PORT: '0',
    EMULATOR_DATA: ':memory:',
    DEMAND_API_TIMEOUT_MS: '60000',
    REQUEST_TIMEOUT_MS: '60000',
  });
  const url = await program.url();
  // There is one emulator, and both workers know it.
  const emulators = program.lines.flatMap(({ control }) => control ?? []).map(String);
  expect(emulators).toHaveLength(1);
  const control = new EmulatorControl(emulators[0]!);
  await control.faults.add({ path: '/accounts', times: 2, delay_ms: 60_000 });
  const { answers, close } = await askOnBoth(program, 'demo', async () => (await control.requests()).length);
  program.signalGroup('SIGINT');
  program.signalGroup('SIGINT');

  // As long as one is not answered, others are.
  const late = new Connection(url, { keepAlive: false });
  while ((await late.get('/readyz')).status !== 503) await sleep(5);
  expect((await late.query('{ accounts { id } }', {}, 'demo-202')).body).toMatchObject({
    data: { accounts: [{ id: '202' }] },
  });
  expect(await late.text('/graphiql')).toContain('Bearer demo');
  // Cuts what is held up, which is asked for again.
  await control.reset();
  const body = { data: { accounts: [{ id: '101' }] } };
  expect(await answers).toMatchObject([1, 2].map(() => ({ body, connection: 'close' })));
  close();
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
  for (const pid of program.workers) expect(isAlive(pid)).toBe(false);
});

it('keeps the old workers if a new one cannot start, and workers finish their requests if the primary is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'workers-'));
  try {
    const broken = join(folder, 'broken');
    const port = await freePort();
    const program = start({ PORT: String(port) }, [
      '--import',
      dyingWorkers(`existsSync(${JSON.stringify(broken)})`),
    ]);
    await program.url();
    await writeFile(broken, '');
    program.signal('SIGHUP');
    await program.line(({ msg }) => String(msg).includes('a new worker cannot start'));
    for (const pid of program.workers) expect(isAlive(pid)).toBe(true);

    upstream.on('GET', '/accounts', { ...accounts, delayMs: 1500 });
    const sent = async () => upstream.requests.length;
    const { answers, close } = await askOnBoth(program, 'one-credential', sent);
    program.signal('SIGKILL');
    const body = { data: { accounts: [{ id: '101' }] } };
    expect(await answers).toMatchObject([1, 2].map(() => ({ body, connection: 'close' })));
    close();
    await program.end();
    for (const pid of program.workers) while (isAlive(pid)) await sleep(5);
    const next = createServer().listen(port, '127.0.0.1');
    await once(next, 'listening');
    next.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('exits on a taken port with the same message as without workers', async () => {
  const { port } = new URL(upstream.url);
  const [alone, together] = await Promise.all(
    ['1', '2'].map((workers) => start({ WORKERS: workers, PORT: port }).end()),
  );
  expect(together).toEqual(alone);
  expect(together).toEqual({ code: 1, stderr: expect.stringMatching(/^PORT or HOST [^\n]+\n$/) });
});

it('exits with code 1 and one line if no worker can start', async () => {
  const program = start({}, ['--import', dyingWorkers('true')]);
  const { code, stderr } = await program.end();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'No worker can start: the last one ended with exit code 7.\n',
  });
});

/** A module that ends workers as soon as they begin, where a condition holds. */
function dyingWorkers(condition: string): string {
  const source = `
    import cluster from 'node:cluster';
    import { existsSync } from 'node:fs';
    if (cluster.isWorker && ${condition}) process.exit(7);`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
