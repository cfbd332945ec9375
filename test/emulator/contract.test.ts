import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  jobPath,
  startTestEmulator,
  type CallOptions,
  type TestEmulator,
} from '../helpers/emulator.js';
import { documented, flawsOf } from './openapi.js';

interface Request extends CallOptions {
  readonly method: string;
  readonly path: string;
}

/** How one operation is called: well, and for what only some operations can be refused for. */
interface Example {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The path's last id, which is replaced to make a 404. Default: the last segment. */
  readonly id?: string;
  /** The path of a resource whose state forbids the operation. */
  readonly forbiddenPath?: string;
}

const { project, targetGroup, run } = demoPaths;
const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const period = { start_fielding_at: inDays(1), end_fielding_at: inDays(30) };
const anyVersion = { 'if-match': '*' };
const selection = { target_group_ids: [demo.live.targetGroupId] };
const account = `/accounts/${demo.accountId}`;
const problem = {
  id: '3f1c2a77-52f6-4f6e-8b0b-6f6a1d1f2c3b',
  object: 'unexpected_internal_error',
  detail: 'An unexpected error occurred.',
};
const UNKNOWN = '01BTGNYV6HRNK8K8VKZASZCFZZ';

const get = (path: string): Example => ({ method: 'GET', path });
const action = (name: string, from: DemoRun, forbidden: DemoRun): Example => ({
  method: 'POST',
  path: `${run(from)}/${name}`,
  headers: anyVersion,
  id: from.fieldingRunId,
  forbiddenPath: `${run(forbidden)}/${name}`,
});
const draftJob = (name: string, body: unknown): Example => ({
  method: 'POST',
  path: `${targetGroup(demo.draft)}/fielding-run-jobs/${name}`,
  body,
  id: demo.draft.targetGroupId,
  forbiddenPath: `${targetGroup(demo.live)}/fielding-run-jobs/${name}`,
});
type DemoRun = Parameters<typeof run>[0];

let emulator: TestEmulator;
let limited: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
  limited = await startTestEmulator({ rateLimit: { requestsPerSecond: 0.001, burst: 1 } });
  await callApi(limited, 'GET', '/accounts');
});
afterEach(async () => {
  if ((await emulator.control.effects()).length > 0) await emulator.control.reset();
});
afterAll(() => Promise.all([emulator.close(), limited.close()]));

/** The jobs that are read have to be created first. */
async function created({ method, path, body }: Example): Promise<string> {
  const response = await callApi(emulator, method, path, { body });
  return jobPath(response.headers.get('location')!);
}

const createWebhook: Example = {
  method: 'POST',
  path: `${account}/webhooks`,
  body: { url: 'https://hooks.example.org/demand', events: ['target-group-updated'] },
};

async function createdWebhook(): Promise<string> {
  const { method, path, body } = createWebhook;
  const response = await callApi(emulator, method, path, { body });
  return `${path}/${((await response.json()) as { id: string }).id}`;
}

/** A read of a launched target group. */
const figures = (name: string): Example => ({
  ...get(`${targetGroup(demo.live)}/${name}`),
  id: demo.live.targetGroupId,
});

const launchDraft = draftJob('launch-from-draft', { end_fielding_at: inDays(30) });
const scheduleDraft = draftJob('schedule-from-draft', period);
const createBatchJob = (kind: string): Example => ({
  method: 'POST',
  path: demoPaths.batchJobs(kind),
  body: selection,
  id: demo.projectId,
});

const examples: Record<string, () => Example | Promise<Example>> = {
  listAccounts: () => get('/accounts'),
  listUsers: () => get(`${account}/users`),
  listWebhooks: async () => {
    await createdWebhook();
    return get(`${account}/webhooks`);
  },
  createWebhook: () => createWebhook,
  getWebhook: async () => get(await createdWebhook()),
  updateWebhook: async () => ({
    method: 'PUT',
    path: await createdWebhook(),
    body: { events: ['session-updated'] },
    headers: { 'idempotency-key': 'k', 'if-match': 'W/"1"' },
  }),
  deleteWebhook: async () => ({ method: 'DELETE', path: await createdWebhook() }),
  regenerateWebhookSecret: async () => ({
    method: 'POST',
    path: `${await createdWebhook()}/regenerate-secret`,
  }),
  listWebhookEvents: async () => {
    const path = await createdWebhook();
    return {
      ...get(`${path}/events-history?start_time=2026-01-01T00:00:00.000Z&type=session-updated`),
      id: path.slice(path.lastIndexOf('/') + 1),
    };
  },
  listWebhookEventTypes: () => get(`${account}/webhooks-events`),
  listProjects: () => ({ ...get(`/demand${account}/projects`), id: '/projects' }),
  getProject: () => get(project),
  getProjectOverview: () => ({ ...get(`${project}/overview`), id: demo.projectId }),
  computeTargetGroupTransitions: () => ({
    method: 'POST',
    path: `${project}/compute-target-group-transitions`,
    body: { filters: { status: ['live'] }, excluded_target_group_ids: [demo.live.targetGroupId] },
    id: demo.projectId,
  }),
  createPauseBatchJob: () => createBatchJob('pause'),
  getPauseBatchJob: async () => get(await created(createBatchJob('pause'))),
  createResumeBatchJob: () => createBatchJob('resume'),
  getResumeBatchJob: async () => get(await created(createBatchJob('resume'))),
  createLaunchBatchJob: () => createBatchJob('launch'),
  getLaunchBatchJob: async () => get(await created(createBatchJob('launch'))),
  createCompleteBatchJob: () => createBatchJob('complete'),
  getCompleteBatchJob: async () => get(await created(createBatchJob('complete'))),
  createRelaunchBatchJob: () => createBatchJob('relaunch'),
  getRelaunchBatchJob: async () => get(await created(createBatchJob('relaunch'))),
  listTargetGroups: () => ({ ...get(`${project}/target-groups`), id: demo.projectId }),
  getDraftTargetGroup: () => get(targetGroup(demo.draft)),
  getTargetGroupOverview: () => figures('overview'),
  getTargetGroupOverviewById: () => ({
    ...get(`/demand/target-groups/${demo.live.targetGroupId}/overview`),
    id: demo.live.targetGroupId,
  }),
  getTargetGroupDetails: () => figures('details'),
  getTargetGroupPerformance: () => figures('performance'),
  getTargetGroupCompletesByInterval: () =>
    figures('completes-aggregated-by-interval?aggregation_interval=P2D'),
  getTargetGroupChangelog: () => figures('changelog'),
  launchFromDraft: () => launchDraft,
  getLaunchFromDraftJob: async () => get(await created(launchDraft)),
  scheduleFromDraft: () => scheduleDraft,
  getScheduleFromDraftJob: async () => get(await created(scheduleDraft)),
  listFieldingRuns: () => figures('fielding-runs'),
  getFieldingRun: () => get(run(demo.live)),
  updateFieldingPeriod: () => ({
    method: 'PUT',
    path: run(demo.scheduled),
    headers: anyVersion,
    body: period,
    forbiddenPath: run(demo.completed),
  }),
  launchNow: () => action('launch-now', demo.scheduled, demo.live),
  pauseFieldingRun: () => action('pause', demo.live, demo.paused),
  resumeFieldingRun: () => action('resume', demo.paused, demo.pausedPastEnd),
  completeFieldingRun: () => action('complete', demo.live, demo.completed),
  relaunchFieldingRun: () => action('relaunch', demo.completed, demo.completedPastEnd),
};

/** How a well-made request is changed, so that it is answered with a status. */
function requestFor(status: number, operationId: string, example: Example): Request {
  const { path, headers, id = path.slice(path.lastIndexOf('/') + 1), forbiddenPath } = example;
  switch (status) {
    case 301:
      return { ...example, path: targetGroup(demo.live) };
    case 400:
      return { ...example, headers: { ...headers, 'cint-api-version': 'yesterday' } };
    case 401:
      return { ...example, token: null };
    case 403:
      return operationId === 'listAccounts'
        ? { ...example, headers: { 'cint-api-version': null } }
        : { ...example, token: demo.other.token };
    case 404:
      // There is no account to be unknown: one that is not the caller's is a 403.
      return operationId === 'listProjects' || operationId === 'listUsers'
        ? { ...example, path: path.replace('/projects', '/nothing').replace('/users', '/nothing') }
        : { ...example, path: path.replace(id, UNKNOWN) };
    case 412:
      return { ...example, headers: { 'if-match': '"99"' } };
    case 422:
      return { ...example, path: forbiddenPath ?? '' };
    default:
      return example;
  }
}

test.each(documented)('%s answers %i as documented', async (operationId, status) => {
  const example = examples[operationId];
  if (example === undefined) throw new Error(`There is no example of ${operationId}`);
  const { method, path, ...options } = requestFor(status, operationId, await example());
  if (status === 500) await emulator.control.faults.add({ path: '.', times: 1, status, body: problem });

  const response = await callApi(status === 429 ? limited : emulator, method, path, options);

  expect(response.status).toBe(status);
  expect(await flawsOf(operationId, response)).toEqual([]);
});

/** What differs between the shapes is looked at in `older-version.test.ts`. */
test.each(Object.keys(examples))(
  '%s answers a caller of an older version in a shape that is documented',
  async (id) => {
    const { method, path, headers, ...options } = await examples[id]!();
    const older = { ...headers, 'cint-api-version': '2025-05-27' };

    const response = await callApi(emulator, method, path, { ...options, headers: older });

    expect(response.status).toBeLessThan(300);
    expect(await flawsOf(id, response, 'older')).toEqual([]);
  },
);

test.each(Object.keys(examples))('%s refuses what is not valid as documented', async (id) => {
  const { method, path, headers, ...options } = await examples[id]!();
  const broken = [
    { path, headers: { ...headers, 'cint-api-version': 'yesterday' } },
    { path: path.replaceAll(/[0-9A-Z]{26}/g, 'abc'), headers: { ...headers } },
    { path, headers: { ...headers, 'if-match': 'no tag' } },
  ];
  for (const call of broken) {
    const response = await callApi(emulator, method, call.path, { ...options, ...call });
    expect(await flawsOf(id, response)).toEqual([]);
  }
});

test('every example is of an operation that the contract has', () => {
  const operationIds = new Set(documented.map(([operationId]) => operationId));
  expect(Object.keys(examples)).toEqual([...operationIds]);
});
