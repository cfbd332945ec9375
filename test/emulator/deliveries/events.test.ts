import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { demo } from '../../../src/emulator/index.js';
import { signatureOf } from '../../../src/emulator/deliveries/signature.js';
import {
  callApi,
  demoPaths,
  finishedJob,
  startTestEmulator,
  until,
  type TestEmulator,
} from '../../helpers/emulator.js';
import { checkSignature, WebhookReceiver } from '../../helpers/webhook-receiver.js';
import { act, changeOften, createWebhook, quick } from './webhooks.js';

let emulator: TestEmulator;
let receiver: WebhookReceiver;
beforeAll(async () => {
  emulator = await startTestEmulator({ deliveries: quick });
});
beforeEach(async () => {
  await emulator.control.reset();
  receiver = await WebhookReceiver.start();
});
afterEach(() => receiver.close());
afterAll(() => emulator.close());

const received = (count: number): Promise<void> => until(() => receiver.received.length >= count);
const settled = (): Promise<void> =>
  until(async () => (await emulator.control.deliveries()).every(({ status }) => status === 'delivered'));
const changes = (): unknown[] => receiver.events.map(({ data }) => data['changes']);

test("a signature is as in the API's own example", () => {
  const secret = 'FP7UPZpATKBcYJj4va95PYud+a3gCidRERiLO+9MoFE=';
  expect(signatureOf(secret, 1_732_526_080, '{"foo":"bar"}')).toBe(
    't=1732526080,v1=6532d4777122acc32cd388763fc0c0ba8732698d09cf99eea086e5a86f8d3ebe',
  );
});

test('a change is delivered as a signed CloudEvent', async () => {
  const { id, secret } = await createWebhook(emulator, receiver.url);
  await act(emulator, 'pause');
  await received(1);

  const [delivery] = receiver.received;
  expect(delivery!.headers).toMatchObject({ 'content-type': 'application/cloudevents+json' });
  expect(delivery!.event).toEqual({
    id: expect.stringMatching(/^[0-9A-Z]{26}$/),
    specversion: '1.0',
    source: '/accounts/101',
    type: 'com.cint.target-group.updated',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    datacontenttype: 'application/json',
    dataschema: expect.stringMatching(/^https:/),
    data: {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account_id: demo.accountId,
      project_id: demo.projectId,
      target_group_id: demo.live.targetGroupId,
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/),
      user: { type: 'las_user', las_user_id: '5f2b8c1a-7d3e-4a96-8b0f-c4e1d2a3b101' },
      changes: [{ object: 'status_change', new_value: 'paused' }],
    },
  });
  const { isGenuine, ageSeconds } = checkSignature(delivery!, secret);
  expect(isGenuine).toBe(true);
  expect(Math.abs(ageSeconds)).toBeLessThan(60);
  await settled();
  expect(await emulator.control.deliveries()).toEqual([
    {
      event_id: delivery!.event.id,
      webhook_id: id,
      type: 'target-group-updated',
      status: 'delivered',
      attempts: 1,
      next_attempt_at: null,
      response_status: 204,
      failure: null,
      created_at: expect.any(String),
    },
  ]);
});

describe('target-group-updated', () => {
  beforeEach(() => createWebhook(emulator, receiver.url));

  test('reports a changed period', async () => {
    const { scheduled } = demo;
    const [start, end] = [7, 30].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
    await callApi(emulator, 'PUT', demoPaths.run(scheduled), {
      headers: { 'if-match': '*' },
      body: { start_fielding_at: start, end_fielding_at: end },
    });
    await received(1);
    expect(changes()).toEqual([
      [
        { object: 'fielding_period_start_date_change', new_value: start },
        { object: 'fielding_period_end_date_change', new_value: end },
      ],
    ]);
  });

  test('reports each target group that a job has changed, and no other', async () => {
    const response = await callApi(emulator, 'POST', demoPaths.batchJobs('pause'), {
      body: {
        target_group_ids: [demo.live, demo.paused, demo.secondLive].map(({ targetGroupId }) => targetGroupId),
      },
    });
    await finishedJob(emulator, response.headers.get('location')!);
    await received(2);
    await settled();
    expect(receiver.events.map(({ data }) => data['target_group_id'])).toEqual([
      demo.live.targetGroupId,
      demo.secondLive.targetGroupId,
    ]);
  });

  test('reports a launched draft', async () => {
    const end = new Date(Date.now() + 86_400_000).toISOString();
    await callApi(emulator, 'POST', demoPaths.draftJobs('launch'), { body: { end_fielding_at: end } });
    await received(1);
    expect(changes()).toEqual([[{ object: 'status_change', new_value: 'live' }]]);
  });

  test('reports changes caused by time without a request', async () => {
    await emulator.control.clock.advance(8 * 86_400_000);
    await until(() =>
      receiver.events.some(({ data }) => data['target_group_id'] === demo.scheduled.targetGroupId),
    );
    const event = receiver.events.find(
      ({ data }) => data['target_group_id'] === demo.scheduled.targetGroupId,
    );
    expect(event!.data).toMatchObject({
      user: { type: 'system_user' },
      changes: [{ object: 'status_change', new_value: 'live' }],
    });
  });

  test('arrives in the order of the changes', async () => {
    await changeOften(emulator, 8);
    await received(8);
    expect(changes()).toEqual(
      [1, 2, 3, 4].flatMap(() => [
        [{ object: 'status_change', new_value: 'paused' }],
        [{ object: 'status_change', new_value: 'live' }],
      ]),
    );
  });

  test('is not sent for a change that was rejected', async () => {
    const rejected = await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/resume`, {
      headers: { 'if-match': '*' },
    });
    expect(rejected.status).toBe(422);
    await act(emulator, 'pause');
    await settled();
    expect(changes()).toEqual([[{ object: 'status_change', new_value: 'paused' }]]);
  });
});

test('quota-fill-registered reports the progress of a target group', async () => {
  await createWebhook(emulator, receiver.url, { events: ['quota-fill-registered'] });
  await emulator.control.setCompletes(demo.secondLive.targetGroupId, 3);
  await received(1);
  expect(receiver.events).toMatchObject([
    {
      type: 'com.cint.quota-fill.registered',
      data: {
        account_id: demo.accountId,
        project_id: demo.projectId,
        target_group_id: demo.secondLive.targetGroupId,
        current_completes: 3,
        current_prescreens: expect.any(Number),
        filling_goal: expect.any(Number),
      },
    },
  ]);
});

test('an event goes to every webhook that subscribed to it, and to no other', async () => {
  const ofOtherAccount = await WebhookReceiver.start();
  try {
    const first = await createWebhook(emulator, receiver.url);
    const second = await createWebhook(emulator, receiver.url, {
      events: ['session-updated', 'target-group-updated'],
    });
    await createWebhook(emulator, receiver.url, { events: ['quota-fill-registered', 'session-updated'] });
    await createWebhook(emulator, ofOtherAccount.url, { accountId: demo.other.accountId });
    await act(emulator, 'pause');
    await received(2);
    await settled();
    expect(ofOtherAccount.received).toEqual([]);
    const deliveries = await emulator.control.deliveries();
    expect(deliveries.map(({ webhook_id: id }) => id)).toEqual([first.id, second.id]);
    for (const { secret } of [first, second]) {
      expect(receiver.received.filter((each) => checkSignature(each, secret).isGenuine)).toHaveLength(1);
    }
  } finally {
    await ofOtherAccount.close();
  }
});
