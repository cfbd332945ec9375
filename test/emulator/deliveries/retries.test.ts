import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { demo, type EmulatorOptions } from '../../../src/emulator/index.js';
import { afterAttempt } from '../../../src/emulator/deliveries/retry.js';
import {
  callApi,
  startTestEmulator,
  until,
  type Delivery,
  type TestEmulator,
} from '../../helpers/emulator.js';
import { checkSignature, WebhookReceiver } from '../../helpers/webhook-receiver.js';
import { act, changeOften, createWebhook, quick } from './webhooks.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function start(
  deliveries: EmulatorOptions['deliveries'] = quick,
  options: EmulatorOptions = {},
): Promise<TestEmulator> {
  const emulator = await startTestEmulator({ deliveries, ...options });
  open.push(emulator);
  return emulator;
}

async function startReceiver(port?: number): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start(port);
  open.push(receiver);
  return receiver;
}

/** The URL of a port at which nothing listens. */
async function closedUrl(): Promise<string> {
  const receiver = await WebhookReceiver.start();
  const { url } = receiver;
  await receiver.close();
  return url;
}

const statuses = async (emulator: TestEmulator): Promise<string[]> =>
  (await emulator.control.deliveries()).map(({ status }) => status);
const hasStatus = (emulator: TestEmulator, status: string): Promise<void> =>
  until(async () => (await statuses(emulator)).every((each) => each === status));

describe('afterAttempt', () => {
  const options = { retryBaseMs: 100, retryMaxMs: 500, maxAttempts: 5 };
  const failed = { status: 500, failure: 'The response was 500.' };
  const nextAfter = (attempts: number, expiresAt = 10_000): unknown => {
    const { status, nextAttemptAt } = afterAttempt({ attempts, expiresAt }, failed, 1000, options);
    return [status, nextAttemptAt];
  };

  test('waits twice as long after each failure, up to the limit', () => {
    expect([0, 1, 2, 3].map((attempts) => nextAfter(attempts))).toEqual([
      ['undelivered', 1100],
      ['undelivered', 1200],
      ['undelivered', 1400],
      ['undelivered', 1500],
    ]);
  });

  test('gives up after the last attempt, and when the next would be too late', () => {
    expect(nextAfter(4)).toEqual(['expired', null]);
    expect(nextAfter(0, 1100)).toEqual(['expired', null]);
    expect(nextAfter(0, 1101)).toEqual(['undelivered', 1100]);
  });
});

describe('a delivery that fails is repeated, with a fresh signature of the same body', () => {
  test.each([
    ['the status is 500', 500, 500],
    ['the status is 401', 401, 401],
    ['the status is a redirect', { status: 307, headers: { location: '/elsewhere' } }, 307],
    ['nothing is answered in time', 'nothing', null],
  ] as const)('if %s', async (_what, answer, status) => {
    const emulator = await start({ ...quick, timeoutMs: answer === 'nothing' ? 200 : 10_000 });
    const receiver = await startReceiver();
    const seen: Delivery[] = [];
    receiver.answer = () => (receiver.received.length < 3 ? answer : 200);
    const { secret } = await createWebhook(emulator, receiver.url);
    await act(emulator, 'pause');
    await until(async () => {
      seen.push(...(await emulator.control.deliveries()));
      return seen.at(-1)?.status === 'delivered';
    });

    const attempts = receiver.received.length;
    if (answer !== 'nothing') expect(attempts).toBe(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(receiver.received.every((each) => checkSignature(each, secret).isGenuine)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ attempts, response_status: 200, failure: null });
    const failed = seen.filter((each) => each.status === 'undelivered');
    expect(failed.every(({ response_status: each }) => each === status)).toBe(true);
    expect(failed.every(({ next_attempt_at: next, failure }) => next !== null && failure !== null)).toBe(
      true,
    );
  });

  test('if nothing listens', async () => {
    const emulator = await start();
    const url = await closedUrl();
    await createWebhook(emulator, url);
    await act(emulator, 'pause');
    await hasStatus(emulator, 'undelivered');
    const [delivery] = await emulator.control.deliveries();
    expect(delivery).toMatchObject({
      response_status: null,
      failure: expect.stringContaining('ECONNREFUSED'),
    });
    const receiver = await startReceiver(Number(new URL(url).port));
    await hasStatus(emulator, 'delivered');
    expect(receiver.received).toHaveLength(1);
  });
});

test('a delivery shows that it is in flight', async () => {
  const emulator = await start();
  const receiver = await startReceiver();
  receiver.answer = () => 'nothing';
  await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await until(() => receiver.received.length === 1);
  await act(emulator, 'resume');
  expect(await statuses(emulator)).toEqual(['delivering', 'pending']);
});

test('an endpoint that never answers holds up neither the API nor other webhooks', async () => {
  const emulator = await start();
  const [silent, other] = [await startReceiver(), await startReceiver()];
  silent.answer = () => 'nothing';
  await createWebhook(emulator, silent.url);
  await createWebhook(emulator, other.url);
  await changeOften(emulator, 6);
  await until(() => other.received.length === 6);
  expect(silent.received).toHaveLength(1);
});

test('no more attempts are in flight than allowed', async () => {
  const emulator = await start({ ...quick, concurrency: 2 });
  const receiver = await startReceiver();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  receiver.answer = () => released.then(() => 204);
  for (let webhook = 0; webhook < 5; webhook += 1) await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await until(() => receiver.received.length >= 2);
  expect((await statuses(emulator)).filter((status) => status === 'delivering')).toHaveLength(2);
  release();
  await hasStatus(emulator, 'delivered');
});

test('a delivery expires after its last attempt', async () => {
  const emulator = await start({ ...quick, maxAttempts: 3 });
  const receiver = await startReceiver();
  receiver.answer = () => 500;
  await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await hasStatus(emulator, 'expired');
  receiver.answer = () => 204;
  await act(emulator, 'resume');
  await until(async () => (await statuses(emulator)).includes('delivered'));
  expect(await statuses(emulator)).toEqual(['expired', 'delivered']);
  expect(receiver.received).toHaveLength(4);
});

test('an endpoint that keeps failing gets nothing for a while, and the withheld deliveries afterwards', async () => {
  const emulator = await start({ ...quick, maxAttempts: 100, breakerFailures: 3, breakerPauseMs: 300 });
  const receiver = await startReceiver();
  receiver.answer = () => 500;
  await createWebhook(emulator, receiver.url);
  await changeOften(emulator, 5);
  await hasStatus(emulator, 'bounced');
  const attempts = receiver.received.length;
  expect(attempts).toBeGreaterThanOrEqual(3);
  receiver.answer = () => 204;
  await hasStatus(emulator, 'delivered');
  expect(receiver.received).toHaveLength(attempts + 5);
});

test('a new secret signs all later attempts, also of pending deliveries', async () => {
  const emulator = await start({ ...quick, maxAttempts: 100, breakerFailures: 1000 });
  const receiver = await startReceiver();
  receiver.answer = () => 500;
  const { path, secret } = await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await until(() => receiver.received.length > 0);
  const response = await callApi(emulator, 'POST', `${path}/regenerate-secret`);
  const renewed = ((await response.json()) as { secret: string }).secret;
  const before = receiver.received.length;
  receiver.answer = () => 204;
  await act(emulator, 'resume');
  await hasStatus(emulator, 'delivered');
  // One attempt may have been on its way when the secret was replaced.
  const after = receiver.received.slice(before + 1);
  expect(after.length).toBeGreaterThan(0);
  expect(after.every((each) => checkSignature(each, renewed).isGenuine)).toBe(true);
  expect(after.some((each) => checkSignature(each, secret).isGenuine)).toBe(false);
});

test('a deleted webhook gets nothing more', async () => {
  const emulator = await start({ ...quick, maxAttempts: 1000, breakerFailures: 1000 });
  const [deleted, kept] = [await startReceiver(), await startReceiver()];
  deleted.answer = () => 500;
  const { path } = await createWebhook(emulator, deleted.url);
  await createWebhook(emulator, kept.url);
  await act(emulator, 'pause');
  await until(() => deleted.received.length > 0 && kept.received.length > 0);
  expect((await callApi(emulator, 'DELETE', path)).status).toBe(204);
  const before = deleted.received.length;
  await act(emulator, 'resume');
  await until(() => kept.received.length === 2);
  expect(deleted.received.length).toBeLessThanOrEqual(before + 1);
  expect(await statuses(emulator)).toEqual(['delivered', 'delivered']);
});

test('a webhook with a new URL gets pending deliveries there', async () => {
  const emulator = await start({ ...quick, breakerFailures: 1000, maxAttempts: 1000 });
  const { path } = await createWebhook(emulator, await closedUrl());
  await act(emulator, 'pause');
  await hasStatus(emulator, 'undelivered');
  const receiver = await startReceiver();
  await callApi(emulator, 'PUT', path, { body: { url: receiver.url } });
  await hasStatus(emulator, 'delivered');
  expect(receiver.received).toHaveLength(1);
});

describe('after a restart', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deliveries-'));
    open.push({ close: () => rm(folder, { recursive: true }) });
  });

  test('pending deliveries and those in flight are delivered, and no others', async () => {
    const data = join(folder, 'demand.sqlite');
    const first = await start(quick, { data });
    const receiver = await startReceiver();
    const { id, secret } = await createWebhook(first, receiver.url);
    await act(first, 'pause');
    await hasStatus(first, 'delivered');
    receiver.answer = () => 'nothing';
    await act(first, 'resume');
    await until(() => receiver.received.length === 2);
    await act(first, 'pause');
    expect(await statuses(first)).toEqual(['delivered', 'delivering', 'pending']);
    await first.close();

    receiver.answer = () => 204;
    const second = await start(quick, { data });
    await hasStatus(second, 'delivered');
    const deliveries = await second.control.deliveries();
    // An attempt that the end of the process cut off does not count.
    expect(deliveries).toMatchObject(Array(3).fill({ webhook_id: id, attempts: 1 }));
    const changes = receiver.received.map(({ event }) => event.data['changes']);
    const [paused, live] = ['paused', 'live'].map((status) => [
      { object: 'status_change', new_value: status },
    ]);
    expect(changes).toEqual([paused, live, live, paused]);
    expect(receiver.received.every((each) => checkSignature(each, secret).isGenuine)).toBe(true);
    expect(receiver.events.map(({ data: { account_id: account } }) => account)).toEqual([
      demo.accountId,
      demo.accountId,
      demo.accountId,
    ]);
  });

  test('a failed delivery waits for its next attempt', async () => {
    const data = join(folder, 'demand.sqlite');
    const url = await closedUrl();
    const first = await start(quick, { data });
    await createWebhook(first, url);
    await act(first, 'pause');
    await hasStatus(first, 'undelivered');
    await first.close();
    const receiver = await startReceiver(Number(new URL(url).port));
    await hasStatus(await start(quick, { data }), 'delivered');
    expect(receiver.received).toHaveLength(1);
  });
});
