import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, describe } from '@jest/globals';
import { BatchJobKind } from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { batchJobTopic, draftLaunchJobTopic } from '../../src/events/topics/job.js';
import { targetGroupsTopic } from '../../src/events/topics/target-groups.js';
import type { Topic } from '../../src/events/topic.js';
import { callApi, demoPaths, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { project, act } from './demo.js';
import { FAST, startLiveUpdates, type LiveUpdatesFixture, HINTED } from './live-updates-fixture.js';

describe('Jobs', () => {
  let emulator: TestEmulator;
  let fixture: LiveUpdatesFixture;

  beforeAll(async () => {
    emulator = await startTestEmulator({ jobStepMs: 250 });
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

  /** Starts a job past the gateway. @returns its raw id */
  async function startJob(path: string, body: unknown): Promise<string> {
    const response = await callApi(emulator, 'POST', path, { body });
    expect(response.status).toBe(201);
    return response.headers.get('location')!.split('/').at(-1)!;
  }

  async function startPause(): Promise<ReturnType<typeof batchJobTopic>> {
    const jobId = await startJob(demoPaths.batchJobs('pause'), {
      target_group_ids: [demo.live.targetGroupId, demo.secondLive.targetGroupId],
    });
    return batchJobTopic({ ...project, action: BatchJobKind.Pause, jobId });
  }

  it('sends the progress of a batch job, and completes with its result', async () => {
    const subscription = await fixture.subscribe(await startPause());
    expect(await subscription.ended()).toBeNull();
    const statuses = subscription.states.map(({ status }) => status);
    expect(statuses[0]).toBe('Processing');
    expect(statuses.filter((status) => status !== 'Processing')).toEqual(['Completed']);
    expect(subscription.states.at(-1)!.updated_target_groups?.data).toHaveLength(2);
  });

  it('sends the result of a finished job at once', async () => {
    const topic = await startPause();
    await (await fixture.subscribe(topic)).ended();
    const late = await fixture.subscribe(topic);
    expect(await late.ended()).toBeNull();
    expect(late.states.map(({ status }) => status)).toEqual(['Completed']);
  });

  it('is completed for each of its subscribers', async () => {
    const topic = await startPause();
    const subscriptions = await Promise.all([1, 2, 3].map(() => fixture.subscribe(topic)));
    await Promise.all(subscriptions.map((each) => each.ended()));
    expect(subscriptions.map(({ states }) => states.at(-1)!.status)).toEqual(Array(3).fill('Completed'));
  });

  it('sends a job that launches a draft', async () => {
    const jobId = await startJob(demoPaths.draftJobs('launch'), {
      end_fielding_at: new Date(Date.now() + 86_400_000 * 7).toISOString(),
    });
    const subscription = await fixture.subscribe(
      draftLaunchJobTopic({
        ...project,
        targetGroupId: demo.draft.targetGroupId,
        action: 'launch-from-draft',
        jobId,
      }),
    );
    expect(await subscription.ended()).toBeNull();
    expect(subscription.states.at(-1)!.status).not.toBe('Processing');
  });

  it('is polled fast although the account has webhooks, because they do not cover jobs', async () => {
    const slow = await startLiveUpdates({
      demandApiUrl: emulator.url,
      env: { ...FAST, POLL_MAX_MS: '600000' },
    });
    slow.live.hint({ accountId: project.accountId, projectId: 'another', byWebhook: true });
    const subscription = await slow.subscribe(await startPause());
    expect(await subscription.ended()).toBeNull();
    slow.close();
  });

  it('never goes back to less progress', () => {
    const topic = batchJobTopic({ ...project, action: BatchJobKind.Pause, jobId: 'J' });
    const group = { target_group_id: 'G' };
    const job = (status: string, done: number) =>
      topic.revisionOf({
        job_id: 'J',
        status,
        updated_target_groups: { data: Array<typeof group>(done).fill(group) },
      } as never);
    expect(topic.isNewer(job('Processing', 1), job('Processing', 2))).toBe(true);
    expect(topic.isNewer(job('Processing', 2), job('Processing', 1))).toBe(false);
    expect(topic.isNewer(job('Processing', 9), job('Processing', 10))).toBe(true);
    expect(topic.isNewer(job('Processing', 2), job('Completed', 2))).toBe(true);
    expect(topic.isNewer(job('Completed', 2), job('Processing', 3))).toBe(false);
    expect(topic.isNewer(job('Completed', 2), job('Completed', 2))).toBe(false);
  });
});

describe('Target groups', () => {
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
});

/** The items of a list are published, and not kept. */
describe('Memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;

  interface Item {
    readonly name: string;
  }

  test('An item that was there when a list was read first is not kept for as long as the list is watched', async () => {
    const upstream = await startScriptedUpstream();
    const fixture = await startLiveUpdates({ demandApiUrl: upstream.url });
    const read: WeakRef<Item>[] = [];
    const list: Topic<Item> = {
      name: 'list',
      about: { accountId: '101', projectId: 'p' },
      startsWithState: false,
      hasWebhooks: false,
      notFound: 'There is no list.',
      read(_newClient, see) {
        // Whoever awaits the next item may hold the last one.
        for (const name of ['one', 'last']) {
          const item = { name };
          read.push(new WeakRef(item));
          see(name, item);
        }
        return Promise.resolve(true);
      },
      revisionOf: ({ name }) => name,
      isNewer: (previous, revision) => previous !== revision,
      isFinal: () => false,
      mayBeNewerThan: () => true,
    };
    const subscription = await fixture.subscribe(list);
    await subscription.received(2);
    expect(subscription.states.splice(0)).toEqual([{ name: 'one' }, { name: 'last' }]);
    await until(() => {
      collectGarbage();
      return read[0]?.deref() === undefined;
    });
    expect(subscription.end).toBeUndefined();
    fixture.close();
    await upstream.close();
  });
});
