/** Two gateways that share one Redis, in front of one emulator. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import {
  BatchJobDocument,
  PauseFieldingRunDocument,
  PauseTargetGroupsDocument,
  TargetGroupDocument,
} from '../generated/documents.js';
import { readRun } from '../graphql/changes.js';
import { callOf, dataOf, errorOf, ids } from '../graphql/stack.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { until } from '../helpers/until.js';

const it = hasRedis ? test : test.skip;
const ACCOUNTS = '{ accounts { id } }';
const LIVE = ids.targetGroup(demo.live);
const SECOND_LIVE = ids.targetGroup(demo.secondLive);

let redis: TestRedis;
let emulator: TestEmulator;
let one: TestGateway;
let two: TestGateway;

beforeAll(async () => {
  redis = await TestRedis.start();
  emulator = await startTestEmulator();
});
afterAll(async () => {
  await emulator.close();
  await redis.close();
});
beforeEach(async () => {
  await emulator.control.reset();
  await redis.command('FLUSHALL');
  const start = () =>
    startTestGateway({
      demandApiUrl: emulator.url,
      env: { REDIS_URL: redis.url, REQUEST_TIMEOUT_MS: '5000' },
    });
  [one, two] = await Promise.all([start(), start()]);
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
});

async function pause(gateway: TestGateway, targetGroupId: string, idempotencyKey?: string) {
  const input = { targetGroupIds: [targetGroupId], ...(idempotencyKey !== undefined && { idempotencyKey }) };
  return await gateway.execute(PauseTargetGroupsDocument, { input });
}

async function pausedJob(gateway: TestGateway, targetGroupId: string, idempotencyKey?: string) {
  return dataOf(await pause(gateway, targetGroupId, idempotencyKey)).pauseTargetGroups!;
}

async function statusOf(gateway: TestGateway, id: string) {
  return dataOf(await gateway.execute(BatchJobDocument, { id })).batchJob?.status;
}

async function calls(): Promise<string[]> {
  return (await emulator.control.requests()).map(callOf);
}

async function readiness({ url }: TestGateway) {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

async function isConnected(gateway: TestGateway): Promise<boolean> {
  return (await readiness(gateway)).body['redis'] === 'connected';
}

async function untilAway(): Promise<void> {
  await until(async () => !(await isConnected(one)) && !(await isConnected(two)));
}

describe('Two gateways', () => {
  it('share the use of an idempotency key', async () => {
    expect(await pausedJob(one, LIVE, 'key')).toMatchObject({ userErrors: [] });
    const sent = await calls();
    expect(await pausedJob(two, SECOND_LIVE, 'key')).toMatchObject({
      batchJob: null,
      userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }],
    });
    expect(await calls()).toEqual(sent);
    expect(await pausedJob(two, LIVE, 'key')).toMatchObject({ userErrors: [] });
    const effects = await emulator.control.effects();
    expect(effects.filter(({ operation }) => operation === 'create_batch_job')).toHaveLength(1);
  });

  it('agree that a job has finished', async () => {
    const { batchJob } = await pausedJob(one, LIVE);
    const { id } = batchJob!;
    await until(async () => (await statusOf(one, id)) === 'COMPLETED');
    await emulator.control.faults.add({ method: 'GET', path: '/batch-jobs/', status: 404 });
    expect(await statusOf(two, id)).toBe('COMPLETED');
  });

  it('pause a credential after a 429 that one of them received, and no other', async () => {
    await emulator.control.faults.add({
      path: '^/demand/accounts$|^/accounts$',
      times: 1,
      status: 429,
      headers: { 'retry-after': '60' },
    });
    expect(errorOf(await one.execute(ACCOUNTS)).extensions?.['code']).toBe('RATE_LIMITED');
    await emulator.control.forgetRequests();
    // The message has no receipt.
    await until(async () => (await two.execute(ACCOUNTS)).errors.length > 0);
    await emulator.control.forgetRequests();
    expect(errorOf(await two.execute(ACCOUNTS)).extensions).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await calls()).toEqual([]);
    expect((await two.execute(ACCOUNTS, {}, { token: demo.other.token })).errors).toEqual([]);
  });

  it('report that Redis is connected', async () => {
    expect(await readiness(one)).toMatchObject({
      status: 200,
      body: { status: 'ready', redis: 'connected' },
    });
  });
});

describe('While Redis is down', () => {
  beforeEach(async () => {
    await redis.stop();
    await untilAway();
    await emulator.control.forgetRequests();
  });
  afterEach(async () => {
    await redis.stop();
    await redis.start();
  });

  it('a gateway is ready, and reports that Redis is not connected', async () => {
    expect(await readiness(one)).toMatchObject({
      status: 200,
      body: { status: 'ready', demandApi: 'available', redis: 'disconnected' },
    });
  });

  it('queries and actions work', async () => {
    expect(dataOf(await one.execute(TargetGroupDocument, { id: LIVE })).targetGroup?.id).toBe(LIVE);
    const id = ids.run(demo.live);
    const { version } = await readRun({ execute: (...operation) => one.execute(...operation) }, demo.live);
    const { pauseFieldingRun } = dataOf(
      await one.execute(PauseFieldingRunDocument, { input: { id, version } }),
    );
    expect(pauseFieldingRun).toMatchObject({ userErrors: [], fieldingRun: { status: 'PAUSED' } });
  });

  it('a job without a key of the client is created once, and read', async () => {
    const { batchJob, idempotencyKey, userErrors } = await pausedJob(one, LIVE);
    expect({ idempotencyKey, userErrors }).toEqual({
      idempotencyKey: expect.stringMatching(/^[\da-f-]{36}$/),
      userErrors: [],
    });
    await until(async () => (await statusOf(one, batchJob!.id)) === 'COMPLETED');
    const creations = (await calls()).filter((call) => call.startsWith('POST'));
    expect(creations).toHaveLength(1);
  });

  it('a job with a key of the client is rejected, and nothing is sent', async () => {
    const rejected = await pause(one, LIVE, 'key');
    expect(rejected.data).toEqual({ pauseTargetGroups: null });
    expect(errorOf(rejected)).toMatchObject({
      path: ['pauseTargetGroups'],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, idempotencyKey: 'key' },
    });
    expect(await calls()).toEqual([]);
  });

  it('everything works again when it is back', async () => {
    await redis.start();
    await until(async () => (await isConnected(one)) && (await isConnected(two)));
    expect(await pausedJob(one, LIVE, 'key')).toMatchObject({ userErrors: [] });
    expect(await pausedJob(two, SECOND_LIVE, 'key')).toMatchObject({
      userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }],
    });
  });
});

it('a gateway without REDIS_URL does not report on Redis', async () => {
  const alone = await startTestGateway({ demandApiUrl: emulator.url });
  expect((await readiness(alone)).body).not.toHaveProperty('redis');
  await alone.close();
});

it('requests fail neither while Redis is stopped and started under load, nor after', async () => {
  const problems: unknown[] = [];
  let isOver = false;
  // Each client waits for its answer, so that a slow machine gets no more requests than it can answer.
  const load = [one, two].flatMap((gateway) =>
    [
      async () => (await gateway.execute(ACCOUNTS)).errors,
      async () => (await pausedJob(gateway, LIVE)).userErrors,
    ].map(async (ask) => {
      while (!isOver) {
        problems.push(...(await ask()));
        await sleep(20);
      }
    }),
  );
  await sleep(200);
  await redis.stop();
  await untilAway();
  await sleep(200);
  await redis.start();
  await until(async () => (await isConnected(one)) && (await isConnected(two)));
  await sleep(200);
  isOver = true;
  await Promise.all(load);
  expect(problems).toEqual([]);
});
