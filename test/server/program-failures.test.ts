import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Connection } from '../helpers/connection.js';
import { Program } from '../helpers/program.js';
import { NO_REDIS_URL } from '../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { accounts } from '../upstream/faults/demand.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

/** Makes a process fail on a signal, as a defect could at any time. */
const REJECT = preload("void Promise.reject(new Error('Nobody awaits this.'))");
const THROW = preload("throw new Error('Nobody catches this.')");

const WORKERS = { WORKERS: '2', REDIS_URL: NO_REDIS_URL };

const REJECTED = 'A promise was rejected and not handled.';
const THROWN = 'An exception was not caught. The process is closing.';

function preload(failure: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${failure}; });`)}`;
}

let upstream: ScriptedUpstream;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', accounts);
});
afterEach(async () => {
  await Program.killAll();
  await upstream.close();
});

function start(flag: string, env: Readonly<Record<string, string>> = {}): Program {
  return new Program({ DEMAND_API_URL: upstream.url, ...env }, [flag]);
}

/** A query that is under way upstream, for so long. */
async function ask(connection: Connection, delayMs: number): Promise<{ answer: Promise<unknown> }> {
  const before = upstream.requests.length;
  upstream.on('GET', '/accounts', { ...accounts, delayMs });
  const answer = connection.query('{ accounts { id } }', {}, 'token').then(({ body }) => body);
  while (upstream.requests.length === before) await sleep(5);
  return { answer };
}

const ANSWER = { data: { accounts: [{ id: expect.any(String) }] } };

test('logs and counts an unhandled rejection, and keeps running', async () => {
  const program = start(REJECT);
  const connection = new Connection(await program.url());
  for (const unhandledRejections of [1, 2]) {
    program.signal('SIGUSR2');
    const line = await program.line((each) => each['unhandledRejections'] === unhandledRejections);
    expect(line).toMatchObject({ msg: REJECTED, level: 50, err: { message: 'Nobody awaits this.' } });
  }
  expect(await (await ask(connection, 0)).answer).toMatchObject(ANSWER);
  connection.close();
  program.signal('SIGTERM');
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
});

test('logs an uncaught exception, answers the requests in flight, and exits with 1', async () => {
  const program = start(THROW);
  const url = await program.url();
  const connection = new Connection(url);
  const { answer } = await ask(connection, 2000);
  program.signal('SIGUSR2');
  expect(await program.line(({ msg }) => msg === THROWN)).toMatchObject({
    level: 60,
    err: { message: 'Nobody catches this.' },
  });
  const other = new Connection(url, { keepAlive: false });
  expect((await other.get('/readyz')).status).toBe(503);
  // Neither makes it a good end.
  program.signal('SIGUSR2');
  program.signal('SIGTERM');
  expect(await answer).toMatchObject(ANSWER);
  expect(await program.end()).toEqual({ code: 1, stderr: '' });
  connection.close();
});

test('exits with 1 after an exception during the start', async () => {
  const flag = `--import=data:text/javascript,${encodeURIComponent(
    "const { Server } = await import('node:net'); Server.prototype.listen = () => { setImmediate(() => { throw new Error('Early'); }); };",
  )}`;
  const program = start(flag);
  expect((await program.end()).code).toBe(1);
  expect(program.lines).toMatchObject([{ msg: THROWN, err: { message: 'Early' } }]);
});

test('replaces a worker that finishes its requests after an exception and exits with 1', async () => {
  const program = start(THROW, WORKERS);
  const url = await program.url();
  const [broken] = program.workers;
  const connection = await program.connect(broken!);
  const { answer } = await ask(connection, 2000);
  process.kill(broken!, 'SIGUSR2');
  expect(await answer).toMatchObject(ANSWER);
  expect(await program.line(({ msg }) => msg === 'A worker died; starting another one.')).toMatchObject({
    code: 1,
    signal: null,
    wasReady: true,
  });
  await program.untilWorkers(3);
  connection.close();
  const other = new Connection(url);
  expect(await (await ask(other, 0)).answer).toMatchObject(ANSWER);
  other.close();
  program.signal('SIGTERM');
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
});

test('keeps a worker alive after a rejection', async () => {
  const program = start(REJECT, WORKERS);
  await program.url();
  const [worker] = program.workers;
  process.kill(worker!, 'SIGUSR2');
  expect(await program.line(({ msg }) => msg === REJECTED)).toMatchObject({ unhandledRejections: 1 });
  const connection = await program.connect(worker!);
  expect(await (await ask(connection, 0)).answer).toMatchObject(ANSWER);
  connection.close();
  expect(program.workers).toHaveLength(2);
  program.signal('SIGTERM');
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
});

test('lets workers finish their requests after an exception in the primary, and exits with 1', async () => {
  const program = start(THROW, WORKERS);
  await program.url();
  const connection = await program.connect(program.workers[0]!);
  const { answer } = await ask(connection, 2000);
  program.signal('SIGUSR2');
  expect(await answer).toMatchObject(ANSWER);
  expect(await program.end()).toEqual({ code: 1, stderr: '' });
  connection.close();
});
