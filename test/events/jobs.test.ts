import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { BatchJobKind } from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { batchJobTopic, draftLaunchJobTopic } from '../../src/events/topics/job.js';
import { callApi, demoPaths, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { project } from './demo.js';
import { FAST, startLiveUpdates, type LiveUpdatesFixture } from './live-updates-fixture.js';

let emulator: TestEmulator;
let fixture: LiveUpdatesFixture;

beforeAll(async () => {
  emulator = await startTestEmulator({ jobStepMs: 60 });
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
