import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { targetGroupsTopic } from '../../src/events/topics/target-groups.js';
import { startTestEmulator, until, type TestEmulator } from '../helpers/emulator.js';
import { act, project } from './demo.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { FAST, HINTED, startLiveUpdates, type LiveUpdatesFixture } from './live-updates-fixture.js';

const largeProject = { ...project, projectId: demo.largeProjectId };

let emulator: TestEmulator;
let fixture: LiveUpdatesFixture;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(async () => {
  await emulator.control.reset();
  fixture = await startLiveUpdates({ demandApiUrl: emulator.url });
});
afterEach(() => {
  fixture.close();
});
afterAll(async () => {
  await emulator.close();
});

async function reads(): Promise<string[]> {
  const requests = await emulator.control.requests();
  return requests.filter(({ method }) => method === 'GET').map(({ path }) => path.replace(/\?.*/, ''));
}

it('sends changes, without a snapshot', async () => {
  const subscription = await fixture.subscribe(targetGroupsTopic(project));
  await until(async () => (await reads()).length >= 3);
  expect(subscription.states).toEqual([]);
  await act(emulator, 'pause');
  await subscription.received(1);
  expect(subscription.states).toMatchObject([{ id: demo.live.targetGroupId, status: 'paused' }]);
  await emulator.control.setCompletes(demo.secondLive.targetGroupId, 7);
  await subscription.received(2);
  expect(subscription.states[1]).toMatchObject({
    id: demo.secondLive.targetGroupId,
    statistics: { progress: { value: { current_completes: 7 } } },
  });
});

it('reads pages of the list only, with the largest pages there are', async () => {
  const subscription = await fixture.subscribe(targetGroupsTopic(largeProject));
  const list = `/v1/demand/accounts/101/projects/${demo.largeProjectId}/target-groups`;
  await until(async () => (await reads()).length >= 4);
  expect(new Set(await reads())).toEqual(new Set([list]));
  const requests = await emulator.control.requests();
  expect(requests.every(({ path }) => path.includes('page_size=100'))).toBe(true);
  expect(subscription.states).toEqual([]);
});

it('keeps to its budget of calls', async () => {
  fixture.close();
  fixture = await startLiveUpdates({
    demandApiUrl: emulator.url,
    env: { ...FAST, POLL_LIST_CALLS_PER_MINUTE: '1' },
  });
  await fixture.subscribe(targetGroupsTopic(project));
  // So many calls are allowed at once.
  await until(async () => (await reads()).length >= 20);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await reads()).toHaveLength(20);
});

it('sends a late subscriber the changes after its subscription', async () => {
  fixture.close();
  fixture = await startLiveUpdates({ demandApiUrl: emulator.url, env: HINTED });
  await fixture.subscribe(targetGroupsTopic(project));
  const late = await fixture.subscribe(targetGroupsTopic(project));
  expect(await reads()).toHaveLength(1);
  await act(emulator, 'pause');
  fixture.live.hint(project);
  await late.received(1);
  expect(late.states).toMatchObject([{ id: demo.live.targetGroupId, status: 'paused' }]);
});

it('sends a change that only the first read may have seen', async () => {
  await act(emulator, 'pause');
  const subscription = await fixture.subscribe(targetGroupsTopic(project));
  await subscription.received(1);
  expect(subscription.states[0]).toMatchObject({ id: demo.live.targetGroupId, status: 'paused' });
});

it('is rejected if the project does not exist', async () => {
  const missing = { ...project, projectId: '01BTGNYV6HRNK8K8VKZASZZZZZ' };
  await expect(fixture.subscribe(targetGroupsTopic(missing))).rejects.toThrow(
    'There is no project with this `projectId`.',
  );
});

it.each([
  ['an item without an id', { name: 'broken' }],
  ['an item that is no object', null],
  ['an item with an empty id', { id: '', name: 'broken' }],
])('reads the pages of a list with %s as its last one', async (_what, broken) => {
  fixture.close();
  const upstream = await startScriptedUpstream();
  const item = (id: string, status: string) => ({ id, name: id, locale: 'eng_us', status });
  let status = 'live';
  upstream.on('GET', /target-groups/, ({ path }) => ({
    body: path.includes('start_after=A')
      ? { target_groups: [item('B', status)], has_more: false }
      : { target_groups: [item('A', status), broken], has_more: true },
  }));
  fixture = await startLiveUpdates({ demandApiUrl: upstream.url });
  try {
    const subscription = await fixture.subscribe(targetGroupsTopic(project));
    status = 'paused';
    await subscription.received(2);
    expect(subscription.states.slice(0, 2)).toMatchObject([
      { id: 'A', status: 'paused' },
      { id: 'B', status: 'paused' },
    ]);
  } finally {
    fixture.close();
    await upstream.close();
  }
});

it.each([
  ['is repeated', ['A', 'A']],
  ['belongs to an earlier page', ['A', 'B', 'A']],
  ['is empty', ['']],
  ['is malformed', [1]],
])('stops reading at a cursor that %s', async (_what, cursors) => {
  fixture.close();
  const upstream = await startScriptedUpstream();
  upstream.on('GET', /target-groups/, (_request, nth) => ({
    body: { target_groups: [], has_more: true, next_cursor: cursors[nth % cursors.length] },
  }));
  fixture = await startLiveUpdates({ demandApiUrl: upstream.url, env: HINTED });
  try {
    await fixture.subscribe(targetGroupsTopic(project));
    expect(upstream.requests).toHaveLength(cursors.length);
  } finally {
    fixture.close();
    await upstream.close();
  }
});
