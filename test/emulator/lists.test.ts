import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  Problem,
  ProjectList,
  ProjectOverview,
  TargetGroupList,
} from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { callApi, demoPaths, readApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

const PROJECTS = `/demand/accounts/${demo.accountId}/projects`;
const GROUPS = `${demoPaths.project}/target-groups`;
const LARGE = `${PROJECTS}/${demo.largeProjectId}/target-groups`;

const groupsAt = (path: string): Promise<TargetGroupList> => readApi(emulator, path);
const projectsAt = (path: string): Promise<ProjectList> => readApi(emulator, path);

describe('pages', () => {
  test('have ten items by default, newest first', async () => {
    const { target_groups: groups, has_more: hasMore, next_cursor: next } = await groupsAt(LARGE);
    expect(groups).toHaveLength(10);
    expect(groups.map(({ id }) => id)).toEqual(
      groups
        .map(({ id }) => id)
        .toSorted()
        .reverse(),
    );
    const created = groups.map((group) => group.created_at!);
    expect(created).toEqual(created.toSorted().reverse());
    expect([hasMore, next]).toEqual([true, groups.at(-1)!.id]);
  });

  test('show the same list forward and backward', async () => {
    const all = [
      ...(await groupsAt(`${LARGE}?page_size=100`)).target_groups,
      ...(await groupsAt(`${LARGE}?page_size=100&start_after=${await lastOfFirst(100)}`)).target_groups,
    ].map(({ id }) => id);
    expect(all).toHaveLength(140);

    const forward: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: TargetGroupList = await groupsAt(
        `${LARGE}?page_size=33${cursor === '' ? '' : `&start_after=${cursor}`}`,
      );
      forward.push(...page.target_groups.map(({ id }) => id));
      expect(page.next_cursor === null).toBe(!page.has_more);
      cursor = page.next_cursor ?? null;
    }
    expect(forward).toEqual(all);

    let backward = [all.at(-1)!];
    for (let more = true; more;) {
      const page = await groupsAt(`${LARGE}?page_size=33&end_before=${backward[0]!}`);
      backward = [...page.target_groups.map(({ id }) => id), ...backward];
      expect(page.next_cursor).toBeNull();
      more = page.has_more;
    }
    expect(backward).toEqual(all);
  });

  async function lastOfFirst(size: number): Promise<string> {
    return (await groupsAt(`${LARGE}?page_size=${size}`)).next_cursor!;
  }

  test('a list includes its own URL', async () => {
    const path = `${GROUPS}?page_size=2&status=live`;
    expect((await groupsAt(path)).url).toBe(`/v1${path}`);
  });

  test('a cursor stays valid when its item no longer matches the filter', async () => {
    const draft = demo.draft.targetGroupId;
    const { target_groups: groups } = await groupsAt(`${GROUPS}?status=live&start_after=${draft}`);
    expect(groups[0]).toMatchObject({ id: demo.secondLive.targetGroupId });
  });

  test.each([
    'page_size=0',
    'page_size=101',
    'page_size=ten',
    'page_size=1.5',
    'page_size=',
    `start_after=${demo.live.targetGroupId}&end_before=${demo.draft.targetGroupId}`,
    'start_after=01BTGNYV6HRNK8K8VKZASZCFZZ',
    `end_before=${demo.other.live.targetGroupId}`,
    'status=asleep',
    'status=live&status=asleep',
    'country=USA',
    'country=US',
    'language=en',
    'language=ENG',
    'human_readable_ids=TG-1',
    'target_group_customer_reference_numbers=a%2Fb',
    'exclusion_status=perhaps',
    'project_manager_id=nobody',
  ])('rejects ?%s with a 400', async (query) => {
    const response = await callApi(emulator, 'GET', `${GROUPS}?${query}`);
    expect(response.status).toBe(400);
    const { invalid_params: params = [] } = (await response.json()) as Problem;
    const [name = ''] = query.split('=');
    if (!query.includes('&')) expect(params?.[0]?.name.split('.')[0]).toBe(name);
  });
});

describe('filters of target groups', () => {
  const filtered = async (query: string): Promise<TargetGroupList['target_groups']> =>
    (await groupsAt(`${LARGE}?page_size=100&${query}`)).target_groups;

  test('treat multiple values as alternatives', async () => {
    const statuses = new Set((await filtered('status=live&status=paused')).map(({ status }) => status));
    expect(statuses).toEqual(new Set(['live', 'paused']));
  });

  test('narrow each other', async () => {
    const locales = new Set(
      (await filtered('country=us&country=gb&language=eng')).map(({ locale }) => locale),
    );
    expect(locales).toEqual(new Set(['eng_us', 'eng_gb']));
    expect(await filtered('country=us&language=ger')).toEqual([]);
  });

  test('match human-readable ids and part of a name', async () => {
    const [first, second] = (await groupsAt(LARGE)).target_groups;
    const ids = `human_readable_ids=${first!.human_readable_id!}&human_readable_ids=${second!.human_readable_id!}`;
    expect(await filtered(ids)).toEqual([first, second]);
    expect(await filtered(`search_string=${first!.human_readable_id!.toLowerCase()}`)).toEqual([first]);

    const dogs = await filtered('search_string=dog%20OWN');
    expect(dogs.length).toBeGreaterThan(0);
    expect(dogs.every(({ name }) => name.startsWith('Dog owners'))).toBe(true);
  });
});

describe('filters of the newest version', () => {
  const filtered = async (query: string): Promise<TargetGroupList['target_groups']> =>
    (await groupsAt(`${LARGE}?page_size=100&${query}`)).target_groups;

  test('match name, reference number, manager and exclusion', async () => {
    const all = await filtered('');
    const some = all.find((group) => group.target_group_customer_reference_number !== undefined)!;
    const reference = some.target_group_customer_reference_number!;
    expect(await filtered(`target_group_customer_reference_numbers=${reference}`)).toEqual([some]);
    expect(await filtered(`name=${reference}`)).toEqual([]);
    expect(await filtered(`search_string=${reference}`)).toEqual([some]);

    const manager = some.project_manager_id!;
    const managed = await filtered(`project_manager_id=${manager.toUpperCase()}`);
    expect(managed).toContainEqual(some);
    expect(new Set(managed.map((group) => group.project_manager_id))).toEqual(new Set([manager]));

    const exclusive = await filtered('exclusion_status=true');
    expect(exclusive.length).toBeGreaterThan(0);
    expect(exclusive.every((group) => group.exclusion_enabled)).toBe(true);
    expect((await filtered('exclusion_status=false')).some((group) => group.exclusion_enabled)).toBe(false);
  });
});

describe('filters of projects', () => {
  const idsOf = async (query: string): Promise<string[]> =>
    (await projectsAt(`${PROJECTS}?${query}`)).projects.map(({ id }) => id);

  test('match status, name, number and manager', async () => {
    expect(await idsOf('status=inactive')).toEqual([demo.inactiveProjectId]);
    expect(await idsOf('name=breakfast')).toEqual([demo.projectId]);
    expect(await idsOf('search_string=po-2041-77')).toEqual([demo.projectId]);
    expect(await idsOf('name=PO-2041-77')).toEqual([]);
    const { project_manager_id: manager } = await readApi<{ project_manager_id: string }>(
      emulator,
      demoPaths.project,
    );
    expect(await idsOf(`project_manager_id=${manager}`)).toContain(demo.projectId);
    expect(await idsOf(`project_manager_id=${randomUUID()}`)).toEqual([]);
  });

  test('the demo project comes first', async () => {
    expect((await idsOf('page_size=1'))[0]).toBe(demo.projectId);
  });

  test.each([
    'status=closed',
    'search_string=four',
    `search_string=${'x'.repeat(129)}`,
    'project_manager_id=me',
  ])('rejects ?%s with a 400', async (query) => {
    expect((await callApi(emulator, 'GET', `${PROJECTS}?${query}`)).status).toBe(400);
  });
});

test('the goal of a project is that of its launched target groups', async () => {
  const { target_groups: groups } = await groupsAt(`${GROUPS}?page_size=100`);
  const launched = groups.filter(({ status }) => status !== 'draft');
  expect(launched.length).toBeLessThan(groups.length);
  const goals = launched.map((group) => group.statistics!.progress!.value!.filling_goal);
  const { statistics } = await readApi<ProjectOverview>(emulator, `${demoPaths.project}/overview`);
  expect(statistics!.filling_goal).toBe(goals.reduce((sum, goal) => sum + goal, 0));
});

describe('a target group', () => {
  const statusOf = async (path: string, token: string = demo.token): Promise<number> =>
    (await callApi(emulator, 'GET', path, { token })).status;

  test.each(['overview', 'details'])('a launched target group has %s, a draft does not', async (view) => {
    expect(await statusOf(`${demoPaths.targetGroup(demo.live)}/${view}`)).toBe(200);
    expect(await statusOf(`${demoPaths.targetGroup(demo.draft)}/${view}`)).toBe(404);
  });

  test.each(['', '?x=1&y=2'])(
    'redirects a launched target group to its details, with the query %j',
    async (query) => {
      const path = demoPaths.targetGroup(demo.live);
      const response = await callApi(emulator, 'GET', path + query);
      expect(response.status).toBe(301);
      expect(response.headers.get('location')).toBe(`/v1${path}/details${query}`);
    },
  );

  test('finds a target group only under its own account and project', async () => {
    const path = demoPaths.targetGroup(demo.draft);
    expect(await statusOf(path, demo.bothToken)).toBe(200);
    expect(await statusOf(path.replace('/101/', '/202/'), demo.bothToken)).toBe(404);
    expect(await statusOf(path.replace(demo.projectId, demo.largeProjectId))).toBe(404);
  });
});
