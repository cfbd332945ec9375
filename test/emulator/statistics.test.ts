import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type {
  CompletesByInterval,
  TargetGroupChangelog,
  TargetGroupOverviewById,
  TargetGroupPerformance,
  UserList,
} from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { completesByInterval, firstComplete, parseInterval } from '../../src/emulator/rules/completes.js';
import { callApi, demoPaths, readApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

const live = demoPaths.targetGroup(demo.live);
const read = <Body>(path: string): Promise<Body> => readApi<Body>(emulator, path);
const statusOf = async (path: string): Promise<number> => (await callApi(emulator, 'GET', path)).status;

describe('intervalOf', () => {
  test.each([
    ['P1D', { months: 0, milliseconds: DAY }],
    ['P1DT5H', { months: 0, milliseconds: DAY + 5 * HOUR }],
    ['PT90M', { months: 0, milliseconds: 1.5 * HOUR }],
    ['P2W', { months: 0, milliseconds: 14 * DAY }],
    ['P1Y2M', { months: 14, milliseconds: 0 }],
    ['PT0.5S', { months: 0, milliseconds: 500 }],
    ['P1.5D', { months: 0, milliseconds: 1.5 * DAY }],
    ['PT1,5H', { months: 0, milliseconds: 1.5 * HOUR }],
    ['P1DT0.5M', { months: 0, milliseconds: DAY + HOUR / 120 }],
    ['P0.5Y', { months: 6, milliseconds: 0 }],
    ['P1.5M', { months: 1, milliseconds: 15 * DAY }],
  ])('parses %s', (text, interval) => {
    expect(parseInterval(text)).toEqual(interval);
  });

  test.each(['', 'P', 'PT', 'P1', '1D', 'P1H', 'PT1D', 'P-1D', 'P0D', 'PT0S', 'P1.5DT1H', 'p1d', 'P1D '])(
    'rejects "%s"',
    (text) => {
      expect(parseInterval(text)).toBeUndefined();
    },
  );
});

describe('completesByInterval', () => {
  const start = Date.UTC(2026, 0, 31);

  test('counts each complete once, for any interval', () => {
    const times = fc.record({ count: fc.nat(500), length: fc.integer({ min: 0, max: 60 * DAY }) });
    fc.assert(
      fc.property(times, fc.integer({ min: HOUR, max: 20 * DAY }), ({ count, length }, milliseconds) => {
        const completes = { count, startAt: start, lastAt: start + length };
        const intervals = completesByInterval(completes, { months: 0, milliseconds }, 2000)!;
        expect(intervals.reduce((sum, interval) => sum + interval.count, 0)).toBe(count);
        expect(intervals.every((interval) => interval.count >= 0)).toBe(true);
      }),
    );
  });

  test('uses calendar months', () => {
    const completes = { count: 10, startAt: start, lastAt: Date.UTC(2026, 3, 2) };
    const intervals = completesByInterval(completes, { months: 1, milliseconds: 0 }, 10)!;
    expect(intervals.map(({ timestamp }) => timestamp.slice(0, 10))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
    ]);
  });

  test('ends the first interval as long after the start as each later one after the previous', () => {
    expect(firstComplete({ count: 4, startAt: start, lastAt: start + 4 * DAY })).toBe(start + DAY);
  });

  test('returns undefined above the limit', () => {
    const completes = { count: 1, startAt: start, lastAt: start + DAY };
    expect(completesByInterval(completes, { months: 0, milliseconds: HOUR }, 24)).toBeUndefined();
    expect(completesByInterval(completes, { months: 0, milliseconds: HOUR }, 25)).toHaveLength(25);
  });
});

test('performance adds up', async () => {
  const performance = await read<TargetGroupPerformance>(`${live}/performance`);
  const ends = performance.respondent_analysis!.live!.map(({ count }) => count!);
  expect(ends.reduce((sum, count) => sum + count, 0)).toBe(performance.entrants);
  expect(performance.completes).toBeGreaterThan(0);
  expect(performance.completes).toBeLessThanOrEqual(performance.prescreens);
  expect(Date.parse(performance.first_complete!)).toBeLessThanOrEqual(Date.parse(performance.last_complete!));
  expect(await statusOf(`${demoPaths.targetGroup(demo.draft)}/performance`)).toBe(404);
});

test('completes by interval add up to those of the performance', async () => {
  const path = `${live}/completes-aggregated-by-interval`;
  const { completes } = await read<TargetGroupPerformance>(`${live}/performance`);
  for (const query of [
    '',
    '?aggregation_interval=PT6H',
    '?aggregation_interval=P1M',
    '?aggregation_interval=P0.5M',
  ]) {
    const { aggregated_completes_intervals: intervals } = await read<CompletesByInterval>(path + query);
    expect(intervals.reduce((sum, { count }) => sum + count, 0)).toBe(completes);
  }
  expect(await statusOf(`${path}?aggregation_interval=day`)).toBe(400);
  expect(await statusOf(`${path}?aggregation_interval=P1.5DT1H`)).toBe(400);
  expect(await statusOf(`${path}?aggregation_interval=PT1S`)).toBe(400);
});

describe('the changelog', () => {
  const changelog = (query = ''): Promise<TargetGroupChangelog> => read(`${live}/changelog${query}`);
  const act = async (action: string): Promise<void> => {
    const headers = { 'if-match': '*' };
    expect((await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/${action}`, { headers })).ok).toBe(
      true,
    );
  };

  test('lists the author of each status change, newest first', async () => {
    const before = (await changelog()).changelog!;
    await act('pause');
    await act('resume');
    const { changelog: after, next_cursor: next } = await changelog();
    const person = { type: 'las_user', las_user_id: '5f2b8c1a-7d3e-4a96-8b0f-c4e1d2a3b101' };
    const status = (from: string, to: string) => [
      { object: 'status_change', new_value: to, old_value: from },
    ];
    expect(after).toEqual([
      {
        id: expect.any(String),
        occurred_at: expect.any(String),
        user: person,
        changes: status('paused', 'live'),
      },
      {
        id: expect.any(String),
        occurred_at: expect.any(String),
        user: person,
        changes: status('live', 'paused'),
      },
      ...before,
    ]);
    expect(before.length).toBeGreaterThan(1);
    expect(next).toBe('');
  });

  test('lists only the changed dates of a new period', async () => {
    const { start_fielding_at: start, end_fielding_at: end } = await read<Record<string, string>>(
      demoPaths.run(demo.live),
    );
    const later = new Date(Date.parse(end!) + DAY).toISOString();
    const body = { start_fielding_at: start, end_fielding_at: later };
    const headers = { 'if-match': '*' };
    expect((await callApi(emulator, 'PUT', demoPaths.run(demo.live), { body, headers })).status).toBe(202);
    expect((await changelog()).changelog![0]!.changes).toEqual([
      { object: 'fielding_period_end_date_change', new_value: later, old_value: end },
    ]);
  });

  test("has a reason for the API's own changes", async () => {
    await emulator.control.setCompletes(demo.live.targetGroupId, 1_000_000);
    await read(demoPaths.run(demo.live));
    expect((await changelog()).changelog![0]).toMatchObject({
      user: { type: 'system_user' },
      changes: [
        {
          object: 'status_change',
          new_value: 'completed',
          old_value: 'live',
          reason_code: 'total_completes_reached',
        },
      ],
    });

    await emulator.control.clock.advance(400 * DAY);
    const other = `${demoPaths.targetGroup(demo.secondLive)}/changelog`;
    expect((await read<TargetGroupChangelog>(other)).changelog![0]!.changes![0]).toMatchObject({
      reason_code: 'past_scheduled_end_date',
    });
  });

  test('includes the launch of a draft', async () => {
    const path = `${demoPaths.targetGroup(demo.draft)}/fielding-run-jobs/launch-from-draft`;
    const body = { end_fielding_at: new Date(Date.now() + DAY).toISOString() };
    const job = (await callApi(emulator, 'POST', path, { body })).headers.get('location')!;
    while ((await read<{ status: string }>(job)).status === 'Processing');
    const draft = `${demoPaths.targetGroup(demo.draft)}/changelog`;
    expect((await read<TargetGroupChangelog>(draft)).changelog![0]!.changes).toEqual([
      { object: 'status_change', new_value: 'live', old_value: 'draft' },
    ]);
  });

  test('pages by up to fifty, forward and backward', async () => {
    for (let round = 0; round < 30; round += 1) {
      await act('pause');
      await act('resume');
    }
    const first = await changelog();
    expect(first.changelog).toHaveLength(50);
    const second = await changelog(`?start_after=${first.next_cursor!}`);
    expect(second.next_cursor).toBe('');
    const all = [...first.changelog!, ...second.changelog!].map(({ id }) => id!);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(60);

    const back = await changelog(`?page_size=5&end_before=${all[20]!}`);
    expect(back.changelog!.map(({ id }) => id)).toEqual(all.slice(15, 20));
    for (const query of ['page_size=51', 'page_size=0', 'start_after=nothing', 'change_types=mood_change']) {
      expect(await statusOf(`${live}/changelog?${query}`)).toBe(400);
    }
  });

  test('filters by type of change', async () => {
    const kinds = async (query: string): Promise<unknown[]> =>
      (await changelog(query)).changelog!.map(({ changes }) => changes!.map(({ object }) => object));
    expect(await kinds('?change_types=status_change')).toEqual([['status_change']]);
    expect(await kinds('?change_types=name_change')).toEqual([]);
    expect(await kinds('?change_types=name_change&change_types=cpi_change')).toEqual([
      ['filling_goal_change', 'cpi_change'],
    ]);
  });
});

test('finds a target group by its id alone if the caller has access to its account', async () => {
  const path = `/demand/target-groups/${demo.live.targetGroupId}/overview`;
  const { account_id: account, project_id: project, ...overview } = await read<TargetGroupOverviewById>(path);
  expect([account, project]).toEqual([demo.accountId, demo.projectId]);
  expect(overview).toEqual(await read(`${live}/overview`));
  expect((await callApi(emulator, 'GET', path, { token: demo.other.token })).status).toBe(403);
  expect(await statusOf(path.replace(demo.live.targetGroupId, demo.draft.targetGroupId))).toBe(404);
});

test('lists the users whose ids appear elsewhere', async () => {
  const { users = [] } = await read<UserList>('/accounts/101/users');
  const { users: managers = [] } = await read<UserList>('/accounts/101/users?user_type=project_manager');
  const { project_manager_id: manager } = await read<{ project_manager_id: string }>(demoPaths.project);
  expect(managers.map(({ id }) => id)).toContain(manager);
  expect(users).toEqual(expect.arrayContaining([...managers]));
  expect(users.length).toBeGreaterThan(managers.length);
  expect(await statusOf('/accounts/101/users?user_type=boss')).toBe(400);
});

test('reports an issue for a statistic out of its range', async () => {
  const path = `/demand/accounts/101/projects/${demo.largeProjectId}/target-groups?page_size=100`;
  const { target_groups: groups } = await read<{
    target_groups: { statistics: Record<string, Statistic> }[];
  }>(path);
  const rates = groups
    .map(({ statistics }) => statistics['drop_off_rate'])
    .filter((rate) => rate !== undefined);
  expect(rates.some(({ value }) => value > 0.2)).toBe(true);
  for (const { value, issues } of rates) expect(issues).toHaveLength(value > 0.2 ? 1 : 0);
});

interface Statistic {
  readonly value: number;
  readonly issues: readonly unknown[];
}
