import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { WebhookEventHistory } from '../../../src/contract/demand-api.js';
import { demo } from '../../../src/emulator/index.js';
import { callApi, readApi, startTestEmulator, until, type TestEmulator } from '../../helpers/emulator.js';
import { WebhookReceiver } from '../../helpers/webhook-receiver.js';
import { contractViolations } from '../openapi.js';
import { act, changeOften, createWebhook, quick, type Webhook } from './webhooks.js';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const SINCE = `start_time=${new Date(START).toISOString()}`;
const inHours = (hours: number): string => new Date(START + hours * HOUR).toISOString();

let now = START;
let emulator: TestEmulator;
let receiver: WebhookReceiver;
let webhook: Webhook;
beforeAll(async () => {
  emulator = await startTestEmulator({ deliveries: { ...quick, maxAttempts: 1 }, clock: () => now });
});
beforeEach(async () => {
  now = START;
  await emulator.control.reset();
  receiver = await WebhookReceiver.start();
  webhook = await createWebhook(emulator, receiver.url, {
    events: ['target-group-updated', 'quota-fill-registered'],
  });
});
afterEach(() => receiver.close());
afterAll(() => emulator.close());

const history = (query = ''): Promise<WebhookEventHistory> =>
  readApi(emulator, `${webhook.path}/events-history?${SINCE}${query}`);
const idsOf = ({ events = [] }: WebhookEventHistory): string[] => events.map(({ id }) => id!);
const settled = (): Promise<void> =>
  until(async () =>
    (await emulator.control.deliveries()).every(({ status }) => ['delivered', 'expired'].includes(status)),
  );

/** Five events, an hour apart: two changes, a delivery that expired, a quota fill, and a change. */
async function fiveEvents(): Promise<string[]> {
  const hourLater = (): void => {
    now += HOUR;
  };
  await changeOften(emulator, 1);
  hourLater();
  await act(emulator, 'resume');
  await settled();
  hourLater();
  receiver.answer = () => 500;
  await act(emulator, 'pause');
  await settled();
  receiver.answer = () => 204;
  hourLater();
  await emulator.control.setCompletes(demo.secondLive.targetGroupId, 1);
  hourLater();
  await act(emulator, 'resume');
  await settled();
  return idsOf(await history());
}

test('an entry has the data of the event, its author in a list, and no CloudEvent around it', async () => {
  await act(emulator, 'pause');
  await settled();
  const [{ event }] = receiver.received as [WebhookReceiver['received'][number]];
  const { user, ...data } = event.data;
  expect(await history()).toEqual({
    events: [
      {
        id: event.id,
        type: 'target-group-updated',
        payload: { ...data, user: [user] },
        status: 'delivered',
        created_at: inHours(0),
      },
    ],
    next_cursor: null,
  });
});

test('can be sorted by oldest or newest first', async () => {
  const ids = await fiveEvents();
  expect(ids).toHaveLength(5);
  const { events = [] } = await history();
  expect(events.map(({ created_at: at }) => at)).toEqual([0, 1, 2, 3, 4].map(inHours));
  expect(idsOf(await history('&created_at_sort_order=asc'))).toEqual(ids);
  expect(idsOf(await history('&created_at_sort_order=desc'))).toEqual(ids.toReversed());
});

test('filters by time, type and status', async () => {
  const [first, second, third, fourth, fifth] = await fiveEvents();
  expect(idsOf(await history(`&end_time=${inHours(1)}`))).toEqual([first, second]);
  const later = `${webhook.path}/events-history?start_time=${inHours(3)}`;
  expect(idsOf(await readApi(emulator, later))).toEqual([fourth, fifth]);
  expect(idsOf(await history('&type=quota-fill-registered'))).toEqual([fourth]);
  expect(idsOf(await history('&type=session-updated'))).toEqual([]);
  expect(idsOf(await history('&delivery_status=expired'))).toEqual([third]);
  expect(
    idsOf(await history('&delivery_status=expired&delivery_status=delivered&type=target-group-updated')),
  ).toEqual([first, second, third, fifth]);
});

test.each(['asc', 'desc'])('pages hold each entry once when sorted %s', async (order) => {
  await fiveEvents();
  const sorted = `&created_at_sort_order=${order}`;
  const ids = idsOf(await history(sorted));
  const paged: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await history(
      `${sorted}&page_size=2${typeof cursor === 'string' ? `&start_after=${cursor}` : ''}`,
    );
    paged.push(...idsOf(page));
    cursor = page.next_cursor;
  } while (typeof cursor === 'string');
  expect(paged).toEqual(ids);
  expect(idsOf(await history(`${sorted}&page_size=2&end_before=${ids[3]!}`))).toEqual(ids.slice(1, 3));
  expect(idsOf(await history(`${sorted}&end_before=${ids[0]!}`))).toEqual([]);
});

test('entries with the same time are paged too', async () => {
  await changeOften(emulator, 4);
  const ids = idsOf(await history());
  expect(new Set(ids).size).toBe(4);
  expect(idsOf(await history(`&start_after=${ids[1]!}`))).toEqual(ids.slice(2));
});

test("a cursor must be one of the webhook's events", async () => {
  const other = await createWebhook(emulator, receiver.url, { events: ['quota-fill-registered'] });
  const [first] = await fiveEvents();
  const read = (path: string): Promise<Response> => callApi(emulator, 'GET', path);
  expect((await read(`${webhook.path}/events-history?${SINCE}&start_after=nothing`)).status).toBe(400);
  expect((await read(`${other.path}/events-history?${SINCE}&start_after=${first!}`)).status).toBe(400);
});

test('matches the documentation, in every version', async () => {
  await fiveEvents();
  for (const [version, format] of [
    ['2025-12-18', 'newest'],
    ['2025-05-27', 'older'],
  ] as const) {
    const response = await callApi(emulator, 'GET', `${webhook.path}/events-history?${SINCE}&page_size=2`, {
      headers: { 'cint-api-version': version },
    });
    expect(await contractViolations('listWebhookEvents', response, format)).toEqual([]);
  }
});

test('is deleted with the webhook', async () => {
  await fiveEvents();
  await callApi(emulator, 'DELETE', webhook.path);
  expect((await callApi(emulator, 'GET', `${webhook.path}/events-history?${SINCE}`)).status).toBe(404);
  expect(await emulator.control.deliveries()).toEqual([]);
});
