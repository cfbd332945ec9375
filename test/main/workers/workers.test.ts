import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startLoad, type Load } from '../../drills/load.js';
import { hasRedis, TestRedis } from '../../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { until } from '../../helpers/until.js';
import { Subscriber } from '../../helpers/subscriber.js';
import { FieldingRunUpdatedDocument } from '../../generated/documents.js';
import {
  accounts,
  CREATE_JOB,
  created,
  creation,
  job,
  READ_ACCOUNTS,
  run,
  runAnswer,
} from '../../upstream/faults/demand.js';
import { Connection } from '../../helpers/connection.js';
import { isAlive, Program } from '../../helpers/program.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

const PER_SECOND = 60;
const OTHER_JOB = CREATE_JOB.replace('/T1"', '/T2"');
const READ_JOB = `{ batchJob(id: "${job.id}") { status } }`;

const it = hasRedis ? test : test.skip;

let redis: TestRedis;
let upstream: ScriptedUpstream;
let program: Program;
let url: string;

beforeAll(async () => {
  redis = await TestRedis.start();
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', accounts);
  program = new Program(
    {
      WORKERS: '2',
      REDIS_URL: redis.url,
      DEMAND_API_URL: upstream.url,
      DEMAND_API_TIMEOUT_MS: '20000',
      REQUEST_TIMEOUT_MS: '30000',
    },
    ['--max-semi-space-size=32'],
  );
  url = await program.url();
});
afterAll(async () => {
  await Program.killAll();
  await upstream.close();
  await redis.close();
});

function on(call: string, script: Parameters<ScriptedUpstream['on']>[2]): void {
  const [method = '', path = ''] = call.split(' ');
  upstream.on(method, path, script);
}

it('two workers get ready before the gateway says that it is, and log with their numbers', async () => {
  const ready = await program.line(({ msg }) => msg === 'Fieldgate is ready.');
  expect(ready).toMatchObject({
    workers: 2,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/),
  });
  const before = program.lines.slice(0, program.lines.indexOf(ready));
  expect(before.filter(({ msg }) => msg === 'A worker is ready.')).toHaveLength(2);
  expect(program.workers).toHaveLength(2);
  expect(new Set(program.lines.map(({ worker }) => worker))).toEqual(new Set([1, 2, undefined]));
});

const onLinux = process.platform === 'linux' ? it : test.skip;
onLinux('flags of the program are flags of its workers', () => {
  for (const pid of program.workers) {
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')).toContain('--max-semi-space-size=32');
  }
});

describe('Two connections, each of another worker', () => {
  let one: Connection;
  let other: Connection;
  beforeAll(async () => {
    one = await program.connect(program.workers[0]!);
    other = await program.connect(program.workers[1]!);
  });
  afterAll(() => {
    one.close();
    other.close();
  });

  it('are answered alike', async () => {
    for (const connection of [one, other]) {
      expect((await connection.query(READ_ACCOUNTS)).body).toMatchObject({
        data: { accounts: [{ name: 'Acme' }] },
      });
      for (const path of ['/healthz', '/readyz']) expect((await connection.get(path)).status).toBe(200);
    }
  });

  const codesOf = (answer: unknown) =>
    (answer as { pauseTargetGroups: { userErrors: { code: string }[] } }).pauseTargetGroups.userErrors.map(
      ({ code }) => code,
    );

  it('agree on what an idempotency key was used for', async () => {
    on(creation, created);
    const key = { key: 'agreed' };
    expect(codesOf(await one.data(CREATE_JOB, key))).toEqual([]);
    expect(codesOf(await other.data(OTHER_JOB, key))).toEqual(['IDEMPOTENCY_CONFLICT']);
    expect(codesOf(await other.data(CREATE_JOB, key))).toEqual([]);
  });

  it('agree that a key is free again where the API certainly does not know it', async () => {
    on(creation, [{ status: 400, body: {} }, created]);
    const key = { key: 'free-again' };
    expect(codesOf(await one.data(CREATE_JOB, key))).toEqual(['VALIDATION_FAILED']);
    expect(codesOf(await other.data(OTHER_JOB, key))).toEqual([]);
    expect(codesOf(await one.data(CREATE_JOB, key))).toEqual(['IDEMPOTENCY_CONFLICT']);
  });

  it('agree that a job that is not visible yet is in progress, and that a finished job stays finished', async () => {
    on(creation, created);
    on(`GET ${job.path}`, [
      { status: 404 },
      { body: { job_id: 'J1', status: 'Completed' } },
      { body: { job_id: 'J1', status: 'Processing' } },
    ]);
    await one.data(CREATE_JOB, {});
    expect(await other.data(READ_JOB)).toEqual({ batchJob: { status: 'PROCESSING' } });
    expect(await one.data(READ_JOB)).toEqual({ batchJob: { status: 'COMPLETED' } });
    expect(await other.data(READ_JOB)).toEqual({ batchJob: { status: 'COMPLETED' } });
    expect(await other.data(READ_JOB.replace('J1', 'J2'))).toEqual({ batchJob: null });
  });

  it('a key whose worker died while it created a job stays taken', async () => {
    on(creation, { fault: 'hang' });
    const before = upstream.requests.length;
    const key = { key: 'held' };
    const answer = one.query(CREATE_JOB, key);
    while (upstream.requests.length === before) await sleep(5);
    process.kill(program.workers[0]!, 'SIGKILL');
    await expect(answer).rejects.toThrow();

    on(creation, created);
    expect(codesOf(await other.data(OTHER_JOB, key))).toEqual(['IDEMPOTENCY_CONFLICT']);
    expect(codesOf(await other.data(CREATE_JOB, key))).toEqual([]);
    await program.untilWorkers(3);
  });
});

describe('Under load, on lasting connections and on new ones', () => {
  let lasting: Connection;
  let fresh: Connection;
  let load: Load<unknown>;
  beforeEach(() => {
    upstream.on('GET', '/accounts', { ...accounts, delayMs: 10 });
    lasting = new Connection(url, { maxSockets: 10 });
    fresh = new Connection(url, { keepAlive: false, maxSockets: Infinity });
    load = startLoad(PER_SECOND, (number) => (number % 2 === 0 ? lasting : fresh).data(READ_ACCOUNTS), {
      maxInFlight: 10,
    });
  });
  afterEach(async () => {
    await load.stop();
    lasting.close();
    fresh.close();
  });

  it('no request fails while all workers are replaced, and subscriptions come back at the new ones', async () => {
    const before = program.workers;
    on(`GET ${run.path}`, runAnswer(5));
    const subscriber = new Subscriber([url], 0, 'T');
    const versions: string[] = [];
    subscriber.follow(FieldingRunUpdatedDocument, { id: run.id }, ({ fieldingRunUpdated }) => {
      versions.push(fieldingRunUpdated.version);
    });
    await until(() => versions.length > 0);
    await sleep(300);
    program.signalGroup('SIGHUP');
    await program.line(({ msg }) => msg === 'Restarted: all workers have been replaced.');
    const asked = await load.stop();
    expect(program.workers).toHaveLength(before.length + 2);
    for (const pid of before) expect(isAlive(pid)).toBe(false);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    on(`GET ${run.path}`, runAnswer(6));
    await until(() => versions.at(-1) === '6');
    await subscriber.close();
  });

  it('a worker that is killed takes with it only the requests that it had, and is replaced', async () => {
    const before = program.workers;
    await sleep(300);
    process.kill(before.at(-1)!, 'SIGKILL');
    await program.untilWorkers(before.length + 1);
    const replacedAt = performance.now();
    await sleep(300);
    const asked = await load.stop();
    const failed = asked.filter(({ failure }) => failure !== undefined);
    expect(failed.map(({ failure }) => failure)).toEqual(
      failed.map(() => expect.stringMatching(/hang up|ECONNRESET/)),
    );
    expect(failed.filter(({ sentAt }) => sentAt > replacedAt)).toEqual([]);
    // Those that were under way, and not all that came until there was another.
    expect(failed.length).toBeLessThan(asked.length / 4);
    expect(await program.line(({ msg }) => String(msg).startsWith('A worker died'))).toMatchObject({
      signal: 'SIGKILL',
      wasReady: true,
    });
  });
});

onLinux('connections that workers were about to get end when these are killed', async () => {
  const before = program.workers;
  const alive = before.filter(isAlive);
  for (const pid of alive) process.kill(pid, 'SIGSTOP');
  const connections = alive.map(() => new Connection(url));
  const requests = connections.map((connection) =>
    connection.query(READ_ACCOUNTS).then(() => 'answered', String),
  );
  // The primary accepts connections, whatever its workers do.
  await sleep(1000);
  for (const pid of alive) process.kill(pid, 'SIGKILL');
  expect(await Promise.all(requests)).toEqual(alive.map(() => expect.stringMatching(/hang up|ECONNRESET/)));
  for (const connection of connections) connection.close();
  await program.untilWorkers(before.length + alive.length);
});

it('workers that are all killed at once come back on the same port, though it was any free one', async () => {
  const before = program.workers;
  for (const pid of before.filter(isAlive)) process.kill(pid, 'SIGKILL');
  await program.untilWorkers(before.length + 2);
  const connection = new Connection(url);
  expect((await connection.query(READ_ACCOUNTS)).status).toBe(200);
  connection.close();
});
