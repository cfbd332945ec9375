import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type {
  BatchJob,
  FieldingRun,
  FieldingRunJob,
  FieldingRunList,
  TargetGroupTransitions,
} from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  finishedJob,
  jobPath,
  readApi,
  startTestEmulator,
  until,
  type CallOptions,
  type TestEmulator,
} from '../helpers/emulator.js';

const UNKNOWN = '01BTGNYV6HRNK8K8VKZASZCFZZ';
const DAY = 86_400_000;
const JOBS_OF_DRAFT = `${demoPaths.targetGroup(demo.draft)}/fielding-run-jobs`;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

interface JobCall extends CallOptions {
  readonly key?: string;
  readonly ids?: readonly string[];
}

function create(
  kind: string,
  { key, ids = [demo.live.targetGroupId], ...options }: JobCall = {},
): Promise<Response> {
  return callApi(emulator, 'POST', demoPaths.batchJobs(kind), {
    body: { target_group_ids: ids },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    ...options,
  });
}

async function locationOf(response: Response): Promise<string> {
  expect([response.status, await response.text()]).toEqual([201, '']);
  return response.headers.get('location')!;
}

async function runJob(kind: string, ids: readonly string[]): Promise<BatchJob> {
  return finishedJob(emulator, await locationOf(await create(kind, { ids })));
}

const creations = async (): Promise<unknown[]> =>
  (await emulator.control.effects()).filter(({ operation }) => operation.startsWith('create_'));

describe('batch jobs', () => {
  test('continue past single failures and report both in the order of the request', async () => {
    const before = await readApi<FieldingRun>(emulator, demoPaths.run(demo.paused));
    const job = await runJob('pause', [
      demo.draft.targetGroupId,
      demo.secondLive.targetGroupId,
      UNKNOWN,
      demo.paused.targetGroupId,
      demo.scheduled.targetGroupId,
      demo.live.targetGroupId,
      demo.other.live.targetGroupId,
    ]);
    expect(job).toEqual({
      job_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      created_at: expect.any(String),
      created_by: expect.stringMatching(/^5f2b8c1a-/),
      status: 'Completed',
      updated_target_groups: {
        data: [demo.secondLive, demo.paused, demo.live].map(({ targetGroupId }) => ({
          target_group_id: targetGroupId,
        })),
        has_more: false,
      },
      failed_target_groups: {
        data: [
          failed(demo.draft.targetGroupId, 'TargetGroupIsDraft'),
          failed(UNKNOWN, 'TargetGroupNotFound'),
          failed(demo.scheduled.targetGroupId, 'StatusTransitionNotAllowed'),
          failed(demo.other.live.targetGroupId, 'TargetGroupNotFound'),
        ],
        has_more: false,
      },
    });
    // Older versions include names, but never those of another account.
    const older = await readApi<BatchJob>(emulator, `${demoPaths.batchJobs('pause')}/${job.job_id}`, {
      headers: { 'cint-api-version': '2025-05-27' },
    });
    const named = older.failed_target_groups!.data.filter((group) => group.target_group_name !== undefined);
    expect(named.map((group) => group.target_group_id)).toEqual([
      demo.draft.targetGroupId,
      demo.scheduled.targetGroupId,
    ]);
    expect((await emulator.control.effects()).slice(1).map((effect) => effect.target_group_id)).toEqual([
      demo.secondLive.targetGroupId,
      demo.live.targetGroupId,
    ]);
    expect(await readApi(emulator, demoPaths.run(demo.paused))).toEqual(before);
    expect(await readApi(emulator, demoPaths.run(demo.live))).toMatchObject({ status: 'paused', version: 6 });
  });

  const failed = (id: string, code: string): unknown =>
    expect.objectContaining({
      target_group_id: id,
      failure_reason: { code, description: expect.any(String) },
    });

  test.each([
    ['resume', 'paused', 'live'],
    ['launch', 'scheduled', 'live'],
    ['complete', 'live', 'completed'],
    ['complete', 'scheduled', 'completed'],
    ['relaunch', 'completed', 'live'],
  ] as const)('%s turns a run that is %s into %s', async (kind, name, status) => {
    const job = await runJob(kind, [demo[name].targetGroupId]);
    expect(job.status).toBe('Completed');
    expect(await readApi(emulator, demoPaths.run(demo[name]))).toMatchObject({ status });
    expect((await emulator.control.effects()).at(-1)).toMatchObject({
      cause: 'batch_job',
      operation: kind,
      job_id: job.job_id,
    });
  });

  test.each([
    ['resume', 'pausedPastEnd', 'FieldingPeriodEnded'],
    ['resume', 'pausedGoalReached', 'FillingGoalReached'],
    ['relaunch', 'completedPastEnd', 'FieldingPeriodEnded'],
    ['relaunch', 'archived', 'TargetGroupIsArchived'],
    ['complete', 'paused', 'StatusTransitionNotAllowed'],
  ] as const)('a %s that updated nothing (%s) fails', async (kind, name, code) => {
    const job = await runJob(kind, [demo[name].targetGroupId]);
    expect(job.status).toBe('Failed');
    expect(job.failed_target_groups!.data[0]!.failure_reason.code).toBe(code);
  });

  test('are served where the contract has them, not at their Location', async () => {
    const location = await locationOf(await create('pause'));
    const id = location.slice(location.lastIndexOf('/') + 1);
    expect(location).toBe(`${demoPaths.project}/batch-jobs/pause/${id}`);
    const statusOf = async (path: string): Promise<number> => (await callApi(emulator, 'GET', path)).status;
    expect(await statusOf(`${demoPaths.batchJobs('pause')}/${id}`)).toBe(200);
    expect(await statusOf(location)).toBe(404);
    expect(await statusOf(`${demoPaths.batchJobs('resume')}/${id}`)).toBe(404);
    expect(await statusOf(jobPath(location).replace(demo.projectId, demo.largeProjectId))).toBe(404);
  });

  test('process a duplicate target group once', async () => {
    const { targetGroupId } = demo.live;
    const job = await runJob('pause', [targetGroupId, targetGroupId]);
    expect(job.updated_target_groups!.data).toHaveLength(1);
  });

  test.each([
    ['none', []],
    ['1001 target groups', Array<string>(1001).fill(UNKNOWN)],
    ['malformed ids', ['abc']],
  ])('reject %s with a 400', async (_case, ids) => {
    expect((await create('pause', { ids })).status).toBe(400);
  });

  test('accept a thousand target groups', async () => {
    expect((await create('pause', { ids: Array<string>(1000).fill(UNKNOWN) })).status).toBe(201);
  });

  test('of an unknown kind do not exist', async () => {
    expect((await create('stop')).status).toBe(404);
    const short = `${demoPaths.project}/batch-jobs/pause`;
    const body = { target_group_ids: [demo.live.targetGroupId] };
    expect((await callApi(emulator, 'POST', short, { body })).status).toBe(404);
  });
});

test('changes by a job have its creator as their author', async () => {
  const user = await userId();
  const response = await create('pause', { key: 'k' });
  const job = await finishedJob<BatchJob>(emulator, await locationOf(response));
  expect(await readApi(emulator, demoPaths.run(demo.live))).toMatchObject({
    last_changed_by: user,
  });
  expect((await emulator.control.effects()).at(-1)).toMatchObject({
    cause: 'batch_job',
    job_id: job.job_id,
    idempotency_key: 'k',
  });
});

/** The id of the demo token's user, as an action reports it. */
async function userId(): Promise<string> {
  await callApi(emulator, 'POST', `${demoPaths.run(demo.secondLive)}/pause`, {
    headers: { 'if-match': '*' },
  });
  const { last_changed_by: by } = await readApi<FieldingRun>(emulator, demoPaths.run(demo.secondLive));
  return by!;
}

describe('idempotency keys', () => {
  test('a known key gets the first response, whatever the request contains', async () => {
    const first = await locationOf(await create('pause', { key: 'k' }));
    const again = [
      create('pause', { key: 'k' }),
      create('pause', { key: 'k', ids: [demo.paused.targetGroupId] }),
      create('pause', { key: 'k', body: '{broken' }),
      create('resume', { key: 'k' }),
      ...['launch', 'schedule'].map((kind) =>
        callApi(emulator, 'POST', `${JOBS_OF_DRAFT}/${kind}-from-draft`, {
          headers: { 'idempotency-key': 'k' },
        }),
      ),
    ];
    for (const response of await Promise.all(again)) expect(await locationOf(response)).toBe(first);
    expect(await creations()).toEqual([
      expect.objectContaining({
        operation: 'create_batch_job',
        idempotency_key: 'k',
        job_id: first.slice(first.lastIndexOf('/') + 1),
      }),
    ]);
  });

  test('concurrent calls with one key create one job', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => create('pause', { key: 'race' })));
    const locations = await Promise.all(responses.map(locationOf));
    expect(new Set(locations).size).toBe(1);
    expect(await creations()).toHaveLength(1);
  });

  test('a call whose body arrives after another used its key gets that job', async () => {
    const slow = request(emulator.url + demoPaths.batchJobs('pause'), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${demo.token}`,
        'cint-api-version': '2025-12-18',
        'content-type': 'application/json',
        'idempotency-key': 'slow',
      },
    });
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
    slow.flushHeaders();
    await until(async () => (await emulator.control.requests()).length === 1);
    const first = await locationOf(await create('pause', { key: 'slow' }));
    slow.end(JSON.stringify({ target_group_ids: [demo.live.targetGroupId] }));
    const [{ statusCode, headers }] = await answered;
    expect([statusCode, headers.location]).toEqual([201, first]);
    expect(await creations()).toHaveLength(1);
  });

  test('a key belongs to a token and an account', async () => {
    const mine = await locationOf(await create('pause', { key: 'k' }));
    const theirs = await locationOf(await create('pause', { key: 'k', token: demo.bothToken }));
    const elsewhere = await callApi(
      emulator,
      'POST',
      demoPaths.batchJobs('pause').replace('/101/', '/202/').replace(demo.projectId, demo.other.projectId),
      {
        token: demo.bothToken,
        body: { target_group_ids: [demo.other.live.targetGroupId] },
        headers: { 'idempotency-key': 'k' },
      },
    );
    expect(new Set([mine, theirs, await locationOf(elsewhere)]).size).toBe(3);
  });

  test('a failed call does not use its key', async () => {
    expect((await create('pause', { key: 'k', ids: [] })).status).toBe(400);
    expect((await create('pause', { key: 'k' })).status).toBe(201);
  });

  test('requires a key', async () => {
    const responses = [
      await create('pause', { headers: { 'idempotency-key': null } }),
      await callApi(
        emulator,
        'POST',
        `${demoPaths.targetGroup(demo.draft)}/fielding-run-jobs/launch-from-draft`,
        { body: { end_fielding_at: '2099-01-01T00:00:00.000Z' }, headers: { 'idempotency-key': null } },
      ),
    ];
    for (const response of responses) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ invalid_params: [{ name: 'idempotency-key' }] });
    }
    expect(await creations()).toEqual([]);
  });

  test('accepts keys of 1 to 255 characters', async () => {
    expect((await create('pause', { key: 'x'.repeat(255) })).status).toBe(201);
    expect((await create('pause', { key: 'x'.repeat(256) })).status).toBe(400);
    expect((await create('pause', { key: '' })).status).toBe(400);
  });
});

describe('draft jobs', () => {
  const after = async (milliseconds: number): Promise<string> =>
    new Date((await emulator.control.clock.now()).getTime() + milliseconds).toISOString();
  const createDraftJob = (
    name: string,
    body: unknown,
    headers: CallOptions['headers'] = {},
  ): Promise<Response> => callApi(emulator, 'POST', `${JOBS_OF_DRAFT}/${name}`, { body, headers });
  const runsOfDraft = async (): Promise<FieldingRunList> =>
    readApi(emulator, `${demoPaths.targetGroup(demo.draft)}/fielding-runs`);

  test('launch a draft now', async () => {
    const end = await after(DAY);
    const location = await locationOf(await createDraftJob('launch-from-draft', { end_fielding_at: end }));
    const job = await finishedJob<FieldingRunJob>(emulator, location);
    expect(job).toMatchObject({ status: 'Completed', job_trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const { data } = await runsOfDraft();
    expect(data).toEqual([
      expect.objectContaining({
        id: job.created_fielding_run_id,
        status: 'live',
        version: 1,
        end_fielding_at: end,
      }),
    ]);
    const draft = await callApi(emulator, 'GET', demoPaths.targetGroup(demo.draft));
    expect(draft.status).toBe(301);
    expect((await callApi(emulator, 'GET', draft.headers.get('location')!.slice('/v1'.length))).status).toBe(
      200,
    );
  });

  test('schedule a draft', async () => {
    const period = { start_fielding_at: await after(DAY), end_fielding_at: await after(2 * DAY) };
    await finishedJob(emulator, await locationOf(await createDraftJob('schedule-from-draft', period)));
    const { data } = await runsOfDraft();
    expect(data).toEqual([expect.objectContaining({ ...period, status: 'scheduled' })]);
    expect((await emulator.control.effects()).at(-1)).toMatchObject({
      cause: 'draft_job',
      operation: 'schedule_from_draft',
      to_version: 1,
      to_status: 'scheduled',
    });
  });

  test('report their creator, time and trace', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const body = { end_fielding_at: await after(DAY) };
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const location = await locationOf(await createDraftJob('launch-from-draft', body, { traceparent }));
    const job = await finishedJob<FieldingRunJob>(emulator, location);
    const [creation, launch] = await emulator.control.effects();
    expect(creation).toMatchObject({
      cause: 'action',
      operation: 'create_draft_job',
      at: job.created_at,
      job_id: job.job_id,
      trace_id: traceId,
    });
    expect(job).toMatchObject({ created_by: await userId(), job_trace_id: traceId });
    expect(launch).toMatchObject({ operation: 'launch_from_draft', job_id: job.job_id });
  });

  test('are found only under their own target group and kind', async () => {
    const body = { end_fielding_at: await after(DAY) };
    const location = await locationOf(await createDraftJob('launch-from-draft', body));
    const statusOf = async (path: string): Promise<number> => (await callApi(emulator, 'GET', path)).status;
    expect(await statusOf(location)).toBe(200);
    expect(await statusOf(location.replace('launch-', 'schedule-'))).toBe(404);
    expect(await statusOf(location.replace(demo.draft.targetGroupId, demo.live.targetGroupId))).toBe(404);
  });

  test.each([
    ['launch-from-draft', { end_fielding_at: '2020-01-01T00:00:00.000Z' }, 'end_fielding_at'],
    ['schedule-from-draft', period('2020-01-01', '2099-01-01'), 'start_fielding_at'],
  ])('%s with an invalid period (%j) fails as a job', async (name, body, property) => {
    const location = await locationOf(await createDraftJob(name, body));
    expect(await finishedJob<FieldingRunJob>(emulator, location)).toMatchObject({
      status: 'Failed',
      failure_reason: {
        code: 'InvalidFieldingDates',
        description: expect.any(String),
        reasons: [{ name: property, reason: expect.any(String), detail: expect.any(String) }],
      },
    });
    expect((await runsOfDraft()).data).toEqual([]);
  });

  test('rejects a period that ends before it starts with a 400', async () => {
    const response = await createDraftJob('schedule-from-draft', period('2099-01-01', '2099-01-01'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ invalid_params: [{ name: 'end_fielding_at' }] });
  });

  test.each([
    [demo.live.targetGroupId, 'TargetGroupInvalidState'],
    [UNKNOWN, 'TargetGroupNotFound'],
  ])('for %s a job is created and fails with %s', async (targetGroupId, code) => {
    const path = `${demoPaths.targetGroup({ targetGroupId })}/fielding-run-jobs/launch-from-draft`;
    const response = await callApi(emulator, 'POST', path, { body: { end_fielding_at: await after(DAY) } });
    expect(await finishedJob(emulator, await locationOf(response))).toMatchObject({
      status: 'Failed',
      failure_reason: { code },
    });
  });

  function period(start: string, end: string): unknown {
    return { start_fielding_at: `${start}T00:00:00.000Z`, end_fielding_at: `${end}T00:00:00.000Z` };
  }
});

describe('the allowed transitions of a selection', () => {
  const transitions = async (body: unknown): Promise<TargetGroupTransitions> => {
    const path = `${demoPaths.project}/compute-target-group-transitions`;
    const response = await callApi(emulator, 'POST', path, { body });
    return (await response.json()) as TargetGroupTransitions;
  };
  const ids = (...places: { targetGroupId: string }[]): string[] =>
    places.map(({ targetGroupId }) => targetGroupId);
  const none = {
    is_launch_allowed: false,
    is_pause_allowed: false,
    is_resume_allowed: false,
    is_relaunch_allowed: false,
    is_finish_allowed: false,
  };

  test.each([
    [[demo.live], { is_pause_allowed: true, is_finish_allowed: true }],
    [[demo.live, demo.scheduled], { is_finish_allowed: true }],
    [[demo.live, demo.paused], {}],
    [[demo.draft, demo.scheduled], { is_launch_allowed: true }],
    [[demo.live, demo.draft], {}],
  ])('are those that each target group allows: %j', async (runs, allowed) => {
    const selection = ids(...runs);
    const response = await transitions({ included_target_group_ids: selection });
    expect(response).toEqual({ target_groups: selection, ...none, ...allowed });
  });

  test('cover found and included target groups, without excluded ones', async () => {
    const filters = { status: ['live'] };
    const live = (await transitions({ filters })).target_groups!;
    expect(live).toEqual(expect.arrayContaining(ids(demo.live, demo.secondLive)));

    const { target_groups: selected } = await transitions({
      filters,
      included_target_group_ids: ids(demo.scheduled),
      excluded_target_group_ids: ids(demo.live),
    });
    expect(new Set(selected)).toEqual(
      new Set([...live.filter((id) => id !== demo.live.targetGroupId), ...ids(demo.scheduled)]),
    );
    const found = await transitions({ search_string: 'no such name' });
    expect(found).toEqual(none);
  });

  test('cover the whole project by default', async () => {
    expect((await transitions({})).target_groups).toHaveLength(24);
  });

  test('reject a missing target group', async () => {
    expect(await transitions({ included_target_group_ids: [UNKNOWN] })).toMatchObject({
      object: 'not_found_error',
    });
  });
});
