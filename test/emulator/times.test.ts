import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type {
  BatchJob,
  FieldingRun,
  FieldingRunJob,
  FieldingRunList,
  ProjectList,
  TargetGroupList,
  TargetGroupOverview,
} from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { SYSTEM_USER_ID } from '../../src/emulator/changes.js';
import {
  callApi,
  demoPaths,
  finishedJob,
  readApi,
  startTestEmulator,
  until,
  type Effect,
  type TestEmulator,
} from '../helpers/emulator.js';

const { run, targetGroup, batchJobs } = demoPaths;
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const NEVER = 2 ** 31 - 1;
const JOBS_OF_DRAFT = `${targetGroup(demo.draft)}/fielding-run-jobs`;

const inHours = (hours: number): string => new Date(START + hours * HOUR).toISOString();

/** The fixed current time, which tests change. */
let now: number;
let folder: string;
let emulator: TestEmulator | undefined;

beforeEach(async () => {
  now = START;
  folder = await mkdtemp(join(tmpdir(), 'emulator-'));
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

async function start(jobStepMs = 0): Promise<TestEmulator> {
  emulator = await startTestEmulator({
    clock: () => now,
    data: join(folder, 'demand.sqlite'),
    jobStepMs,
  });
  return emulator;
}

async function stop(): Promise<void> {
  await emulator?.close();
  emulator = undefined;
}

/** Creates a job, closes the emulator before its first step and returns the job's path. */
async function createWaiting(path: string, body: unknown, ...before: Request[]): Promise<string> {
  const idle = await start(NEVER);
  for (const request of before) await send(idle, request);
  const response = await callApi(idle, 'POST', path, { body, headers: { 'idempotency-key': 'k' } });
  expect(response.status).toBe(201);
  await stop();
  return response.headers.get('location')!;
}

interface Request {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
}

const period = (start: number, end: number): unknown => ({
  start_fielding_at: inHours(start),
  end_fielding_at: inHours(end),
});
const put = (ref: Parameters<typeof run>[0], start: number, end: number): Request => ({
  method: 'PUT',
  path: run(ref),
  body: period(start, end),
});
const act = (ref: Parameters<typeof run>[0], action: string): Request => ({
  method: 'POST',
  path: `${run(ref)}/${action}`,
});
const startJob = (kind: string, ...places: { readonly targetGroupId: string }[]): Request => ({
  method: 'POST',
  path: batchJobs(kind),
  body: { target_group_ids: places.map(({ targetGroupId }) => targetGroupId) },
});

async function send(target: TestEmulator, { method, path, body }: Request): Promise<Response> {
  const response = await callApi(target, method, path, { body, headers: { 'if-match': '*' } });
  expect(response.ok).toBe(true);
  return response;
}

/** Returns the ledger without job creations. It bypasses the API, which would apply due changes first. */
async function changes({ control }: TestEmulator): Promise<Effect[]> {
  return (await control.effects()).filter(({ operation }) => !operation.startsWith('create_'));
}

async function causesAndTimes(target: TestEmulator): Promise<unknown[]> {
  return (await changes(target)).map(({ cause, operation, at }) => [cause, operation, at]);
}

const runOfDraft = async (target: TestEmulator): Promise<FieldingRun | undefined> =>
  (await readApi<FieldingRunList>(target, `${targetGroup(demo.draft)}/fielding-runs`)).data[0];

async function noted(target: TestEmulator, id: string): Promise<{ group: string; project: string }> {
  const groups = await readApi<TargetGroupList>(target, `${demoPaths.project}/target-groups?page_size=100`);
  const projects = await readApi<ProjectList>(target, `/demand/accounts/${demo.accountId}/projects`);
  return {
    group: groups.target_groups.find((group) => group.id === id)!.updated_at!,
    project: projects.projects.find((project) => project.id === demo.projectId)!.last_activity_at!,
  };
}

describe('Every kind of change updates the target group and its project', () => {
  test.each([
    ['pause', demo.live, act(demo.live, 'pause')],
    ['resume', demo.paused, act(demo.paused, 'resume')],
    ['complete', demo.live, act(demo.live, 'complete')],
    ['relaunch', demo.completed, act(demo.completed, 'relaunch')],
    ['launch-now', demo.scheduled, act(demo.scheduled, 'launch-now')],
    ['a new period', demo.scheduled, put(demo.scheduled, 5, 9)],
    ['a batch job', demo.live, startJob('pause', demo.live)],
    [
      'the launch of a draft',
      demo.draft,
      { method: 'POST', path: `${JOBS_OF_DRAFT}/launch-from-draft`, body: { end_fielding_at: inHours(9) } },
    ],
    [
      'the scheduling of a draft',
      demo.draft,
      { method: 'POST', path: `${JOBS_OF_DRAFT}/schedule-from-draft`, body: period(5, 9) },
    ],
  ] satisfies [string, { readonly targetGroupId: string }, Request][])('%s', async (_what, ref, request) => {
    const busy = await start();
    now = START + HOUR;
    const location = (await send(busy, request)).headers.get('location');
    if (location !== null) await finishedJob(busy, location);
    expect(await noted(busy, ref.targetGroupId)).toEqual({ group: inHours(1), project: inHours(1) });
  });

  test('includes a due change, with the time when it was due', async () => {
    const busy = await start();
    await send(busy, put(demo.scheduled, 1, 9));
    now = START + 2 * HOUR;
    expect(await noted(busy, demo.scheduled.targetGroupId)).toEqual({
      group: inHours(1),
      project: inHours(1),
    });
  });

  describe('completes', () => {
    const paused = async (target: TestEmulator): Promise<unknown> => {
      const list = await readApi<TargetGroupList>(
        target,
        `${demoPaths.project}/target-groups?page_size=100&status=paused`,
      );
      return list.target_groups.find(({ id }) => id === demo.paused.targetGroupId);
    };
    const progress = (completes: number, prescreens: number): unknown => ({
      value: { current_completes: completes, current_prescreens: prescreens },
    });

    test('are recorded in the target group, and never exceed respondents', async () => {
      const busy = await start();
      now = START + HOUR;
      await busy.control.setCompletes(demo.paused.targetGroupId, 1_000_000);
      expect(await paused(busy)).toMatchObject({
        updated_at: inHours(1),
        statistics: {
          progress: progress(1_000_000, 1_000_000),
          last_complete_date: { value: inHours(1) },
        },
      });
      await busy.control.setCompletes(demo.paused.targetGroupId, 7);
      expect(await paused(busy)).toMatchObject({ statistics: { progress: progress(7, 1_000_000) } });
    });

    test('before a due change are kept when it is applied', async () => {
      const busy = await start();
      await send(busy, put(demo.live, 1, 2));
      now = START + 3 * HOUR;
      await busy.control.setCompletes(demo.live.targetGroupId, 1);
      expect(await noted(busy, demo.live.targetGroupId)).toEqual({ group: inHours(3), project: inHours(2) });
    });
  });
});

describe('A job on a run with a due change', () => {
  test('finds a live run completed at its end and does not pause it', async () => {
    const ids = [demo.live.targetGroupId, demo.secondLive.targetGroupId];
    const live = put(demo.live, 1, 2);
    const location = await createWaiting(batchJobs('pause'), { target_group_ids: ids }, live);
    now = START + 3 * HOUR;
    const busy = await start();
    await until(async () => (await changes(busy)).some(({ cause }) => cause === 'batch_job'));
    expect(await causesAndTimes(busy)).toEqual([
      ['action', 'update_period', inHours(0)],
      ['clock', 'complete', inHours(2)],
      ['batch_job', 'pause', inHours(3)],
    ]);
    const { updated_target_groups: updated, failed_target_groups: failed } = await finishedJob<BatchJob>(
      busy,
      location,
    );
    expect(updated!.data.map(({ target_group_id: id }) => id)).toEqual([demo.secondLive.targetGroupId]);
    expect(failed!.data).toMatchObject([
      { target_group_id: demo.live.targetGroupId, failure_reason: { code: 'StatusTransitionNotAllowed' } },
    ]);
    expect(await readApi(busy, run(demo.live))).toMatchObject({
      status: 'completed',
      version: 7,
      last_changed_at: inHours(2),
      last_changed_by: SYSTEM_USER_ID,
    });
  });

  test('finds a scheduled run started and pauses it', async () => {
    const ids = [demo.scheduled.targetGroupId];
    const scheduled = put(demo.scheduled, 1, 9);
    await createWaiting(batchJobs('pause'), { target_group_ids: ids }, scheduled);
    now = START + 3 * HOUR;
    const busy = await start();
    await until(async () => (await changes(busy)).some(({ cause }) => cause === 'batch_job'));
    expect((await causesAndTimes(busy)).slice(1)).toEqual([
      ['clock', 'start', inHours(1)],
      ['batch_job', 'pause', inHours(3)],
    ]);
  });

  test('decides by the time of its step, not of its creation', async () => {
    const ids = [demo.paused.targetGroupId];
    const location = await createWaiting(
      batchJobs('resume'),
      { target_group_ids: ids },
      put(demo.paused, 1, 2),
    );
    now = START + 3 * HOUR;
    const job = await finishedJob<BatchJob>(await start(), location);
    expect(job.failed_target_groups!.data).toMatchObject([
      { failure_reason: { code: 'FieldingPeriodEnded' } },
    ]);
  });

  test('launches a draft after earlier due changes', async () => {
    await createWaiting(
      `${JOBS_OF_DRAFT}/launch-from-draft`,
      { end_fielding_at: inHours(9) },
      put(demo.live, 1, 2),
    );
    now = START + 3 * HOUR;
    const busy = await start();
    await until(async () => (await changes(busy)).some(({ cause }) => cause === 'draft_job'));
    expect((await causesAndTimes(busy)).slice(1)).toEqual([
      ['clock', 'complete', inHours(2)],
      ['draft_job', 'launch_from_draft', inHours(3)],
    ]);
  });
});

describe('A late job of a draft', () => {
  const launch = { end_fielding_at: inHours(2) };

  test.each([
    { kind: 'launch', body: launch, hours: 2, what: 'at its end' },
    { kind: 'launch', body: launch, hours: 3, what: 'after its end' },
    { kind: 'schedule', body: period(1, 2), hours: 2, what: 'at its end' },
    { kind: 'schedule', body: period(1, 2), hours: 3, what: 'after its end' },
  ])('does not $kind it $what', async ({ kind, body, hours }) => {
    const location = await createWaiting(`${JOBS_OF_DRAFT}/${kind}-from-draft`, body);
    now = START + hours * HOUR;
    const busy = await start();
    const job = await finishedJob<FieldingRunJob>(busy, location);
    expect(job).toMatchObject({ status: 'Failed', failure_reason: { code: 'InvalidFieldingDates' } });
    expect(job.created_fielding_run_id).toBeUndefined();
    expect(await runOfDraft(busy)).toBeUndefined();
    expect(await changes(busy)).toEqual([]);
  });

  test('launches it at the time of its step', async () => {
    const location = await createWaiting(`${JOBS_OF_DRAFT}/launch-from-draft`, launch);
    now = START + HOUR;
    const busy = await start();
    const job = await finishedJob<FieldingRunJob>(busy, location);
    expect(await runOfDraft(busy)).toMatchObject({
      status: 'live',
      start_fielding_at: inHours(1),
      end_fielding_at: inHours(2),
      last_changed_at: inHours(1),
      last_changed_by: job.created_by,
    });
    expect(await changes(busy)).toEqual([
      {
        sequence: 2,
        at: inHours(1),
        cause: 'draft_job',
        operation: 'launch_from_draft',
        account_id: demo.accountId,
        project_id: demo.projectId,
        target_group_id: demo.draft.targetGroupId,
        fielding_run_id: job.created_fielding_run_id,
        from_version: null,
        to_version: 1,
        from_status: 'draft',
        to_status: 'live',
        job_id: job.job_id,
        idempotency_key: 'k',
        trace_id: null,
      },
    ]);
  });

  test('schedules it with a past start, and starts it no earlier than it was scheduled', async () => {
    const location = await createWaiting(`${JOBS_OF_DRAFT}/schedule-from-draft`, period(1, 9));
    now = START + 3 * HOUR;
    const busy = await start();
    await finishedJob(busy, location);
    now = START + 4 * HOUR;
    expect(await runOfDraft(busy)).toMatchObject({
      ...(period(1, 9) as object),
      status: 'live',
      version: 2,
      last_changed_at: inHours(3),
    });
    expect(await causesAndTimes(busy)).toEqual([
      ['draft_job', 'schedule_from_draft', inHours(3)],
      ['clock', 'start', inHours(3)],
    ]);
    expect((await noted(busy, demo.draft.targetGroupId)).group).toBe(inHours(3));
  });
});

describe('Time', () => {
  test('starts a run at its start and completes it at its end, to the millisecond', async () => {
    const busy = await start();
    await send(busy, put(demo.scheduled, 1, 2));
    const statusAt = async (moment: number): Promise<string | undefined> => {
      now = moment;
      return (await readApi<FieldingRun>(busy, run(demo.scheduled))).status;
    };
    expect(await statusAt(START + HOUR - 1)).toBe('scheduled');
    expect(await statusAt(START + HOUR)).toBe('live');
    expect(await statusAt(START + 2 * HOUR - 1)).toBe('live');
    expect(await statusAt(START + 2 * HOUR)).toBe('completed');
  });

  test('completes a run with the complete that reaches its goal', async () => {
    const busy = await start();
    const { progress } = await readApi<TargetGroupOverview>(busy, `${targetGroup(demo.live)}/overview`);
    const completed = async (completes: number): Promise<boolean> => {
      await busy.control.setCompletes(demo.live.targetGroupId, completes);
      return (await readApi<FieldingRun>(busy, run(demo.live))).status === 'completed';
    };
    expect(await completed(progress!.filling_goal - 1)).toBe(false);
    expect(await completed(progress!.filling_goal)).toBe(true);
  });
});

describe('A fielding period', () => {
  const SECOND = 1 / 3600;
  const statusOf = async (target: TestEmulator, { method, path, body }: Request): Promise<number> =>
    (await callApi(target, method, path, { body, headers: { 'if-match': '*' } })).status;
  const draft = (kind: string, body: unknown): Request => ({
    method: 'POST',
    path: `${JOBS_OF_DRAFT}/${kind}-from-draft`,
    body,
  });

  test.each([
    ['starts now', put(demo.scheduled, 0, 1), 202],
    ['started a millisecond ago', put(demo.scheduled, -SECOND, 1), 400],
    ['ends in a millisecond, for a draft', draft('launch', { end_fielding_at: inHours(SECOND) }), 201],
    ['starts now, for a draft', draft('schedule', period(0, 1)), 201],
    ['ends at its start, for a draft', draft('schedule', period(1, 1)), 400],
  ])('that %s', async (_what, request, status) => {
    expect(await statusOf(await start(NEVER), request)).toBe(status);
  });

  test.each([
    ['ends now', draft('launch', { end_fielding_at: inHours(0) })],
    ['ended a millisecond ago', draft('launch', { end_fielding_at: inHours(-SECOND) })],
    ['started a millisecond ago', draft('schedule', period(-SECOND, 1))],
  ])('that %s fails the job of a draft', async (_what, request) => {
    const busy = await start();
    const response = await callApi(busy, request.method, request.path, { body: request.body });
    const job = await finishedJob<FieldingRunJob>(busy, response.headers.get('location')!);
    expect(job).toMatchObject({ status: 'Failed', failure_reason: { code: 'InvalidFieldingDates' } });
    expect(await changes(busy)).toEqual([]);
  });

  test.each([
    ['now', 0, 400],
    ['a millisecond ago', -SECOND, 400],
    ['in a millisecond', SECOND, 202],
  ])('of a live run whose new end is %s', async (_when, hours, status) => {
    const busy = await start();
    const { start_fielding_at: started } = await readApi<FieldingRun>(busy, run(demo.live));
    const body = { start_fielding_at: started, end_fielding_at: inHours(hours) };
    expect(await statusOf(busy, { method: 'PUT', path: run(demo.live), body })).toBe(status);
  });
});

test('A reset restores the time of the clock', async () => {
  const { control } = await start();
  await control.clock.advance(HOUR);
  expect(await control.clock.now()).toEqual(new Date(START + HOUR));
  await control.reset();
  expect(await control.clock.now()).toEqual(new Date(START));
});

describe('Times', () => {
  test('of late changes are in order across runs', async () => {
    const busy = await start();
    await send(busy, put(demo.scheduled, 2, 4));
    await send(busy, put(demo.live, 1, 3));
    await send(busy, put(demo.secondLive, 1, 1.5));
    now = START + 5 * HOUR;
    await readApi(busy, run(demo.live));
    expect((await causesAndTimes(busy)).slice(3)).toEqual([
      ['clock', 'complete', inHours(1.5)],
      ['clock', 'start', inHours(2)],
      ['clock', 'complete', inHours(3)],
      ['clock', 'complete', inHours(4)],
    ]);
  });

  test('continue from there: an action after a late change has a later time', async () => {
    const busy = await start();
    await send(busy, put(demo.scheduled, 1, 9));
    now = START + 2 * HOUR;
    await send(busy, act(demo.scheduled, 'pause'));
    expect(await causesAndTimes(busy)).toEqual([
      ['action', 'update_period', inHours(0)],
      ['clock', 'start', inHours(1)],
      ['action', 'pause', inHours(2)],
    ]);
  });

  test('do not go backwards if the clock is set back', async () => {
    const busy = await start();
    now = START + 2 * HOUR;
    await send(busy, act(demo.live, 'pause'));
    now = START + HOUR;
    await send(busy, act(demo.live, 'resume'));
    await busy.control.setCompletes(demo.live.targetGroupId, 1);
    expect(await readApi(busy, run(demo.live))).toMatchObject({
      status: 'live',
      last_changed_at: inHours(2),
    });
    expect(await causesAndTimes(busy)).toEqual([
      ['action', 'pause', inHours(2)],
      ['action', 'resume', inHours(2)],
    ]);
    await send(busy, act(demo.secondLive, 'pause'));
    expect(await noted(busy, demo.live.targetGroupId)).toEqual({ group: inHours(2), project: inHours(2) });
  });
});
