import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { WebhookEventType } from '../../../src/contract/demand-api.js';
import { startTestEmulator, until, type TestEmulator } from '../../helpers/emulator.js';
import { checkSignature, WebhookReceiver, type Received } from '../../helpers/webhook-receiver.js';
import { act, changeOften, createWebhook, quick, type Webhook } from './webhooks.js';

let emulator: TestEmulator;
let receiver: WebhookReceiver;
let webhook: Webhook;
beforeAll(async () => {
  emulator = await startTestEmulator({ deliveries: quick });
});
beforeEach(async () => {
  await emulator.control.reset();
  receiver = await WebhookReceiver.start();
  webhook = await createWebhook(emulator, receiver.url);
});
afterEach(() => receiver.close());
afterAll(() => emulator.close());

const settled = (): Promise<void> =>
  until(async () => (await emulator.control.deliveries()).every(({ status }) => status === 'delivered'));
const order = async (): Promise<number[]> => {
  const ids = (await emulator.control.deliveries()).map(({ event_id: id }) => id);
  return receiver.received.map(({ event }) => ids.indexOf(event.id));
};
const isGenuine = (each: Received): boolean => checkSignature(each, webhook.secret).isGenuine;

test('a lost delivery is not sent, and the API believes that it was', async () => {
  await emulator.control.webhookFaults.add({ lose: true, times: 1 });
  await changeOften(emulator, 3);
  await settled();
  expect(await order()).toEqual([1, 2]);
  expect(await emulator.control.deliveries()).toMatchObject([
    { status: 'delivered', response_status: null },
    { status: 'delivered', response_status: 204 },
    { status: 'delivered', response_status: 204 },
  ]);
  expect(await emulator.control.effects()).toHaveLength(3);
});

test('a delayed delivery arrives late, and later ones do not wait for it', async () => {
  await emulator.control.webhookFaults.add({ delay_ms: 1500, times: 1 });
  await changeOften(emulator, 3);
  await settled();
  expect(await order()).toEqual([1, 2, 0]);
});

test('a duplicated delivery arrives the given number of times, with the same id and source', async () => {
  await emulator.control.webhookFaults.add({ duplicate: 2, times: 1 });
  await changeOften(emulator, 2);
  await settled();
  expect(await order()).toEqual([0, 0, 0, 1]);
  expect(receiver.received.every(isGenuine)).toBe(true);
});

test('a reordered delivery arrives after the next one, or after the given time if there is none', async () => {
  await emulator.control.webhookFaults.add({ reorder_within_ms: 60_000, times: 1 });
  await changeOften(emulator, 3);
  await settled();
  expect((await order()).indexOf(0)).toBeGreaterThan(0);

  await emulator.control.webhookFaults.clear();
  await emulator.control.webhookFaults.add({ reorder_within_ms: 50, times: 1 });
  await act(emulator, 'resume');
  await settled();
  expect((await order()).at(-1)).toBe(3);
});

test('a forged delivery is signed with another key; its next attempt is genuine', async () => {
  await emulator.control.webhookFaults.add({ forge: true, times: 1 });
  receiver.answer = (each) => (isGenuine(each) ? 204 : 401);
  await act(emulator, 'pause');
  await settled();
  expect(receiver.received.map(isGenuine)).toEqual([false, true]);
  expect(checkSignature(receiver.received[0]!, webhook.secret).ageSeconds).toBeLessThan(60);
});

test('a stale delivery has a signature with an earlier time', async () => {
  await emulator.control.webhookFaults.add({ stale_seconds: 600, times: 1 });
  await changeOften(emulator, 2);
  await settled();
  const ages = receiver.received.map((each) => checkSignature(each, webhook.secret).ageSeconds);
  expect(receiver.received.every(isGenuine)).toBe(true);
  expect(ages[0]).toBeGreaterThan(599);
  expect(ages[1]).toBeLessThan(60);
});

test('faults can be combined', async () => {
  await emulator.control.webhookFaults.add({ delay_ms: 1000, duplicate: 1, forge: true, times: 1 });
  await changeOften(emulator, 2);
  await settled();
  expect(await order()).toEqual([1, 0, 0]);
  expect(receiver.received.map(isGenuine)).toEqual([true, false, false]);
});

test('a fault can apply to one webhook, one event type or a share of the deliveries, and its uses are counted', async () => {
  const { webhookFaults } = emulator.control;
  const other = await createWebhook(emulator, receiver.url);
  await webhookFaults.add({ lose: true, webhook_id: other.id, share: 0.5, seed: 3 });
  await webhookFaults.add({ duplicate: 1, type: WebhookEventType.QuotaFillRegistered });
  await changeOften(emulator, 20);
  await settled();
  const [lost, duplicated] = await webhookFaults.list();
  expect(lost!.applied).toBeGreaterThan(3);
  expect(lost!.applied).toBeLessThan(17);
  expect(duplicated).toEqual({ duplicate: 1, type: 'quota-fill-registered', applied: 0 });
  expect(receiver.received).toHaveLength(40 - lost!.applied);
  expect(receiver.received.filter(isGenuine)).toHaveLength(20);
  await webhookFaults.clear();
  expect(await webhookFaults.list()).toEqual([]);
});

test('a reset discards postponed deliveries, and the faults', async () => {
  await emulator.control.webhookFaults.add({ delay_ms: 1500 });
  await act(emulator, 'pause');
  await emulator.control.reset();
  expect(await emulator.control.webhookFaults.list()).toEqual([]);
  expect(await emulator.control.deliveries()).toEqual([]);
  webhook = await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await settled();
  expect(receiver.received.map(isGenuine)).toEqual([true]);
});

test.each([
  [{}, /lose.*is required/],
  [{ lose: false }, /is required/],
  [{ lose: true, duplicate: 1 }, /lost/],
  [{ delay_ms: -1 }, /delay_ms/],
  [{ reorder_within_ms: 0 }, /reorder_within_ms/],
  [{ share: 2, lose: true }, /share/],
  [{ type: 'job', lose: true }, /type/],
  [{ loose: true }, /loose|additional/],
])('%j is rejected with a reason', async (body, reason) => {
  const response = await fetch(`${emulator.controlUrl}/webhook-faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(reason);
});
