import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import * as controlSchemas from '../../src/emulator/control/schemas.js';
import { headerSchema, pathSchema } from '../../src/emulator/http/schemas.js';
import { demo } from '../../src/emulator/index.js';
import { routes } from '../../src/emulator/routes/table.js';
import {
  callApi,
  type CallOptions,
  demoPaths,
  jobPath,
  startTestEmulator,
  type TestEmulator,
} from '../helpers/emulator.js';
import { contractViolations, documented } from './openapi.js';

interface Request extends CallOptions {
  readonly method: string;
  readonly path: string;
}

/** A successful call of an operation, with what its error cases need. */
interface Example {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id in the path that is replaced to cause a 404. Default: the last segment. */
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

/** Creates a job and returns its path. */
async function createJob({ method, path, body }: Example): Promise<string> {
  const response = await callApi(emulator, method, path, { body });
  return jobPath(response.headers.get('location')!);
}

const createWebhook: Example = {
  method: 'POST',
  path: `${account}/webhooks`,
  body: { url: 'https://hooks.example.org/demand', events: ['target-group-updated'] },
};

async function newWebhookPath(): Promise<string> {
  const { method, path, body } = createWebhook;
  const response = await callApi(emulator, method, path, { body });
  return `${path}/${((await response.json()) as { id: string }).id}`;
}

/** A read below a launched target group. */
const targetGroupRead = (name: string): Example => ({
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
    await newWebhookPath();
    return get(`${account}/webhooks`);
  },
  createWebhook: () => createWebhook,
  getWebhook: async () => get(await newWebhookPath()),
  updateWebhook: async () => ({
    method: 'PUT',
    path: await newWebhookPath(),
    body: { events: ['session-updated'] },
    headers: { 'idempotency-key': 'k', 'if-match': 'W/"1"' },
  }),
  deleteWebhook: async () => ({ method: 'DELETE', path: await newWebhookPath() }),
  regenerateWebhookSecret: async () => ({
    method: 'POST',
    path: `${await newWebhookPath()}/regenerate-secret`,
  }),
  listWebhookEvents: async () => {
    const path = await newWebhookPath();
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
  getPauseBatchJob: async () => get(await createJob(createBatchJob('pause'))),
  createResumeBatchJob: () => createBatchJob('resume'),
  getResumeBatchJob: async () => get(await createJob(createBatchJob('resume'))),
  createLaunchBatchJob: () => createBatchJob('launch'),
  getLaunchBatchJob: async () => get(await createJob(createBatchJob('launch'))),
  createCompleteBatchJob: () => createBatchJob('complete'),
  getCompleteBatchJob: async () => get(await createJob(createBatchJob('complete'))),
  createRelaunchBatchJob: () => createBatchJob('relaunch'),
  getRelaunchBatchJob: async () => get(await createJob(createBatchJob('relaunch'))),
  listTargetGroups: () => ({ ...get(`${project}/target-groups`), id: demo.projectId }),
  getDraftTargetGroup: () => get(targetGroup(demo.draft)),
  getTargetGroupOverview: () => targetGroupRead('overview'),
  getTargetGroupOverviewById: () => ({
    ...get(`/demand/target-groups/${demo.live.targetGroupId}/overview`),
    id: demo.live.targetGroupId,
  }),
  getTargetGroupDetails: () => targetGroupRead('details'),
  getTargetGroupPerformance: () => targetGroupRead('performance'),
  getTargetGroupCompletesByInterval: () =>
    targetGroupRead('completes-aggregated-by-interval?aggregation_interval=P2D'),
  getTargetGroupChangelog: () => targetGroupRead('changelog'),
  launchFromDraft: () => launchDraft,
  getLaunchFromDraftJob: async () => get(await createJob(launchDraft)),
  scheduleFromDraft: () => scheduleDraft,
  getScheduleFromDraftJob: async () => get(await createJob(scheduleDraft)),
  listFieldingRuns: () => targetGroupRead('fielding-runs'),
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

/** Changes a valid request so that it gets `status`. */
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
      // These have no unknown account: another account's is a 403.
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

test.each(documented)('%s responds with %i as documented', async (operationId, status) => {
  const example = examples[operationId];
  if (example === undefined) throw new Error(`Missing example of ${operationId}`);
  const { method, path, ...options } = requestFor(status, operationId, await example());
  if (status === 500) await emulator.control.faults.add({ path: '.', times: 1, status, body: problem });

  const response = await callApi(status === 429 ? limited : emulator, method, path, options);

  expect(response.status).toBe(status);
  expect(await contractViolations(operationId, response)).toEqual([]);
});

/** `older-version.test.ts` covers the differences between the formats. */
test.each(Object.keys(examples))('%s responds to older versions as documented', async (id) => {
  const { method, path, headers, ...options } = await examples[id]!();
  const older = { ...headers, 'cint-api-version': '2025-05-27' };

  const response = await callApi(emulator, method, path, { ...options, headers: older });

  expect(response.status).toBeLessThan(300);
  expect(await contractViolations(id, response, 'older')).toEqual([]);
});

test.each(Object.keys(examples))('%s rejects invalid requests as documented', async (id) => {
  const { method, path, headers, ...options } = await examples[id]!();
  const broken = [
    { path, headers: { ...headers, 'cint-api-version': 'yesterday' } },
    { path: path.replaceAll(/[0-9A-Z]{26}/g, 'abc'), headers: { ...headers } },
    { path, headers: { ...headers, 'if-match': 'no tag' } },
  ];
  for (const call of broken) {
    const response = await callApi(emulator, method, call.path, { ...options, ...call });
    expect(await contractViolations(id, response)).toEqual([]);
  }
});

test('has examples of documented operations only', () => {
  const operationIds = new Set(documented.map(([operationId]) => operationId));
  expect(Object.keys(examples)).toEqual([...operationIds]);
});

describe('the schemas of requests', () => {
  const schemas: [string, object | undefined][] = [
    ...Object.entries(routes).flatMap(
      ([route, { query, body, needsKey }]): [string, object | undefined][] => [
        [`parameters of ${route}`, pathSchema(route)],
        [`headers of ${route}`, headerSchema(needsKey === true)],
        [`query of ${route}`, query],
        [`body of ${route}`, body],
      ],
    ),
    ...Object.entries(controlSchemas),
  ];

  const ajv = new Ajv();

  test.each(schemas.filter(([, schema]) => schema !== undefined))('%s: a valid schema', (_name, schema) => {
    expect([ajv.validateSchema(schema!), ajv.errors]).toEqual([true, null]);
  });
});
