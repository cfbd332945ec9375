import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FieldingPeriod, FieldingRun } from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  readApi,
  startTestEmulator,
  type CallOptions,
  type TestEmulator,
} from '../helpers/emulator.js';

const { run } = demoPaths;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

type RunRef = Parameters<typeof run>[0];

const read = (ref: RunRef): Promise<FieldingRun> => readApi(emulator, run(ref));
const act = (ref: RunRef, action: string, ifMatch: string): Promise<Response> =>
  callApi(emulator, 'POST', `${run(ref)}/${action}`, { headers: { 'if-match': ifMatch } });
const put = (ref: RunRef, period: FieldingPeriod, options: CallOptions = {}): Promise<Response> =>
  callApi(emulator, 'PUT', run(ref), { body: period, headers: { 'if-match': '*' }, ...options });
const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
const after = async (milliseconds: number): Promise<string> =>
  iso((await emulator.control.clock.now()).getTime() + milliseconds);

describe('versions', () => {
  test('every action raises the version by one and records its author and time', async () => {
    const versions: (string | null)[] = [];
    for (const [action, version] of [
      ['pause', 5],
      ['resume', 6],
      ['complete', 7],
      ['relaunch', 8],
    ] as const) {
      const response = await act(demo.live, action, `W/"${version}"`);
      expect(response.status).toBe(204);
      versions.push(response.headers.get('etag'));
    }
    expect(versions).toEqual(['W/"6"', 'W/"7"', 'W/"8"', 'W/"9"']);

    const { version, status, last_changed_at: at, last_changed_by: by } = await read(demo.live);
    const effects = await emulator.control.effects();
    expect({ version, status }).toEqual({ version: 9, status: 'live' });
    expect(at).toBe(effects.at(-1)!.at);
    expect(by).toMatch(/^5f2b8c1a-/);
  });

  test('the ledger records each change', async () => {
    await act(demo.live, 'pause', '"5"');
    expect(await emulator.control.effects()).toEqual([
      {
        sequence: 1,
        at: expect.any(String),
        cause: 'action',
        operation: 'pause',
        account_id: 101,
        project_id: demo.projectId,
        target_group_id: demo.live.targetGroupId,
        fielding_run_id: demo.live.fieldingRunId,
        from_version: 5,
        to_version: 6,
        from_status: 'live',
        to_status: 'paused',
        job_id: null,
        idempotency_key: null,
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
  });

  test.each(['"5"', 'W/"5"', '*', '"4", W/"5"'])('If-Match: %s matches version 5', async (ifMatch) => {
    expect((await act(demo.live, 'pause', ifMatch)).status).toBe(204);
  });

  test.each(['"4"', 'W/"6"', '"05"', '""'])('If-Match: %s does not match version 5', async (ifMatch) => {
    expect((await act(demo.live, 'pause', ifMatch)).status).toBe(412);
  });

  test.each(['5', 'W/5', '"5', 'v"5"'])('rejects If-Match: %s as malformed', async (ifMatch) => {
    expect((await act(demo.live, 'pause', ifMatch)).status).toBe(400);
  });

  test('lets exactly one of many concurrent actions on a version succeed', async () => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => act(demo.live, index % 2 ? 'pause' : 'complete', '"5"')),
    );
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array<number>(19).fill(412)]);
    expect((await read(demo.live)).version).toBe(6);
    expect(await emulator.control.effects()).toHaveLength(1);
  });

  test('a rejected action changes nothing', async () => {
    const before = await read(demo.pausedPastEnd);
    const response = await act(demo.pausedPastEnd, 'resume', '*');
    expect(response.status).toBe(422);
    expect(await read(demo.pausedPastEnd)).toEqual(before);
    expect(await emulator.control.effects()).toEqual([]);
  });

  test('ignores a conditional read, because the contract has no 304', async () => {
    const headers = { 'if-none-match': 'W/"5"' };
    expect((await callApi(emulator, 'GET', run(demo.live), { headers })).status).toBe(200);
  });
});

describe('states', () => {
  test.each([
    ['paused', 'resume', 204],
    ['pausedPastEnd', 'resume', 422],
    ['pausedGoalReached', 'resume', 422],
    ['pausedGoalReached', 'complete', 422],
    ['paused', 'complete', 422],
    ['live', 'complete', 204],
    ['scheduled', 'launch-now', 200],
    ['scheduled', 'complete', 204],
    ['scheduled', 'pause', 422],
    ['completed', 'relaunch', 204],
    ['completedPastEnd', 'relaunch', 422],
    ['archived', 'relaunch', 422],
    ['live', 'launch-now', 422],
  ] as const)('responds to %s with %s: %i', async (name, action, status) => {
    expect((await act(demo[name], action, '*')).status).toBe(status);
  });

  test('launch-now moves the period to now and keeps its length', async () => {
    const before = await read(demo.scheduled);
    const response = await act(demo.scheduled, 'launch-now', '*');
    const period = (await response.json()) as FieldingPeriod;
    const length = (start: string, end: string): number => Date.parse(end) - Date.parse(start);
    expect(length(period.start_fielding_at, period.end_fielding_at)).toBe(
      length(before.start_fielding_at!, before.end_fielding_at!),
    );
    expect(period.start_fielding_at).toBe((await emulator.control.effects())[0]!.at);
    expect(await read(demo.scheduled)).toMatchObject({
      ...period,
      status: 'live',
      version: before.version + 1,
    });
  });

  test('finds a run only below its own target group', async () => {
    const wrong = { ...demo.live, fieldingRunId: demo.paused.fieldingRunId };
    expect((await act(wrong, 'pause', '*')).status).toBe(404);
  });
});

describe('the fielding period', () => {
  test('is replaced as a whole', async () => {
    const period = { start_fielding_at: await after(DAY), end_fielding_at: await after(2 * DAY) };
    const before = await read(demo.scheduled);
    const response = await put(demo.scheduled, period);
    expect([response.status, await response.json()]).toEqual([202, { id: demo.scheduled.fieldingRunId }]);
    expect(response.headers.get('etag')).toBe(`W/"${before.version + 1}"`);
    expect(await read(demo.scheduled)).toMatchObject({ ...period, status: 'scheduled' });
  });

  test('of a live run can get a new end', async () => {
    const { start_fielding_at: start } = await read(demo.live);
    const period = { start_fielding_at: start!, end_fielding_at: await after(DAY) };
    expect((await put(demo.live, period)).status).toBe(202);
    expect(await read(demo.live)).toMatchObject({ ...period, status: 'live', version: 6 });
  });

  test.each([
    ['a start in the past', -HOUR, DAY],
    ['an end at the start', DAY, DAY],
    ['an end before the start', 2 * DAY, DAY],
  ])('rejects %s with a 400', async (_case, start, end) => {
    const now = Date.now();
    const period = { start_fielding_at: iso(now + start), end_fielding_at: iso(now + end) };
    expect((await put(demo.scheduled, period)).status).toBe(400);
  });

  test.each(['tomorrow', '2030-02-30T00:00:00.000Z', '2030-01-01', 5])(
    'rejects a start of %s with a 400',
    async (start) => {
      const body = { start_fielding_at: start, end_fielding_at: await after(DAY) };
      const headers = { 'if-match': '*' };
      expect((await callApi(emulator, 'PUT', run(demo.scheduled), { body, headers })).status).toBe(400);
    },
  );
});

describe('time', () => {
  const causes = async (): Promise<unknown[]> =>
    (await emulator.control.effects()).map(({ cause, operation, from_version: from, to_version: to }) => [
      cause,
      operation,
      to! - from!,
    ]);

  test('starts a scheduled run when it is due, not when it is read', async () => {
    const start = await after(HOUR);
    await put(demo.scheduled, { start_fielding_at: start, end_fielding_at: await after(DAY) });
    await emulator.control.clock.advance(2 * HOUR);
    expect(await read(demo.scheduled)).toMatchObject({ status: 'live', last_changed_at: start });
    expect(await causes()).toEqual([
      ['action', 'update_period', 1],
      ['clock', 'start', 1],
    ]);
  });

  test('applies an overdue start and completion in order', async () => {
    const period = { start_fielding_at: await after(HOUR), end_fielding_at: await after(2 * HOUR) };
    await put(demo.scheduled, period);
    await emulator.control.clock.advance(3 * HOUR);
    expect(await read(demo.scheduled)).toMatchObject({
      status: 'completed',
      last_changed_at: period.end_fielding_at,
    });
    expect(await causes()).toEqual([
      ['action', 'update_period', 1],
      ['clock', 'start', 1],
      ['clock', 'complete', 1],
    ]);
  });

  test('fails an action on a version that a due change has replaced', async () => {
    const { start_fielding_at: start } = await read(demo.live);
    await put(demo.live, { start_fielding_at: start!, end_fielding_at: await after(HOUR) });
    await emulator.control.clock.advance(HOUR);
    expect((await act(demo.live, 'pause', '"6"')).status).toBe(412);
  });

  test('completes a live run that reaches its goal, and forbids its relaunch', async () => {
    await emulator.control.setCompletes(demo.live.targetGroupId, 1_000_000);
    expect(await read(demo.live)).toMatchObject({ status: 'completed', version: 6 });
    expect((await act(demo.live, 'relaunch', '"6"')).status).toBe(422);
  });

  test('a change updates the target group and its project', async () => {
    await emulator.control.clock.advance(HOUR);
    await act(demo.live, 'pause', '*');
    const { last_changed_at: at } = await read(demo.live);
    const groups = `${demoPaths.project}/target-groups?status=paused&page_size=100`;
    const list = await readApi<{ target_groups: unknown[] }>(emulator, groups);
    expect(list.target_groups).toContainEqual(
      expect.objectContaining({ id: demo.live.targetGroupId, updated_at: at }),
    );
    const projects = await readApi<{ projects: unknown[] }>(emulator, '/demand/accounts/101/projects');
    expect(projects.projects[0]).toMatchObject({ id: demo.projectId, last_activity_at: at });
  });
});
