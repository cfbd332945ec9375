import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  ProjectDocument,
  ProjectsDocument,
  type TargetGroupSelection,
  TargetGroupTransitionsDocument,
  type TargetGroupTransitionsQuery,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();
const listPath = `/demand/accounts/${demo.accountId}/projects`;

describe('projects', () => {
  test("returns the list's properties, in its order", async () => {
    const { projects } = await readApi<rest.ProjectList>(stack.emulator, listPath);
    await stack.forgetCalls();

    const data = dataOf(await stack.execute(ProjectsDocument, { accountId: ids.account }));
    expect(data.projects?.edges.map((edge) => edge?.node)).toEqual(
      projects.map((project) => ({
        id: `101/${project.id}`,
        projectId: project.id,
        humanReadableId: project.human_readable_id,
        name: project.name,
        status: project.status?.toUpperCase(),
        customerReferenceNumber: project.project_customer_reference_number ?? null,
        purchaseOrderNumber: project.project_customer_reference_number ?? null,
        targetGroupCount: project.target_group_count,
        lastActivityAt: project.last_activity_at,
        statistics: statisticsOf(project.statistics),
      })),
    );
    expect(projects).toHaveLength(5);
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=10`]);
  });

  test('are the same as a field of an account', async () => {
    const result = await stack.execute<{ account: { projects: { nodes: { id: string }[] } } }, unknown>(
      '{ account(id: "101") { projects(first: 1, filter: { status: ACTIVE }) { nodes { id } } } }',
    );
    expect(dataOf(result).account.projects.nodes).toEqual([{ id: ids.project }]);
    expect(await stack.calls()).toEqual(['GET /accounts', `GET ${listPath}?page_size=1&status=active`]);
  });

  test('cost one call for each selected manager, and none otherwise', async () => {
    const query = (fields: string) => `{ projects(accountId: "101", first: 3) { nodes { ${fields} } } }`;
    dataOf(await stack.execute(query('id projectManagerId')));
    const [list, ...others] = await stack.calls();
    expect(list).toBe(`GET ${listPath}?page_size=3`);
    expect(others).toHaveLength(3);
    expect(others).toContain(`GET ${demoPaths.project}`);
  });

  test.each([
    { filter: { search: 'holiday' }, sent: 'search_string=holiday', found: [demo.inactiveProjectId] },
    {
      filter: { search: 'a & b=ü?' },
      sent: `search_string=${encodeURIComponent('a & b=ü?').replaceAll('%20', '+')}`,
      found: [],
    },
    { filter: { status: 'INACTIVE' as const }, sent: 'status=inactive', found: [demo.inactiveProjectId] },
    {
      filter: { projectManagerId: '00000000-0000-4000-8000-000000000001' },
      sent: 'project_manager_id=00000000-0000-4000-8000-000000000001',
      found: [],
    },
    {
      filter: { projectManagerId: '3B0F6F1E-5A0C-4F0E-9A53-0D5E6D1C7A01' },
      sent: 'project_manager_id=3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01',
      found: undefined,
    },
    { filter: { name: 'fast' }, sent: 'name=fast', found: [demo.projectId] },
    {
      filter: { search: 'habits', name: 'fast', status: 'ACTIVE' as const },
      sent: 'search_string=habits&name=fast&status=active',
      found: [demo.projectId],
    },
    { filter: {}, sent: undefined, found: undefined },
    { filter: { search: null, status: null, projectManagerId: null }, sent: undefined, found: undefined },
  ])('can be filtered: $filter', async ({ filter, sent, found }) => {
    const { projects } = dataOf(await stack.execute(ProjectsDocument, { accountId: ids.account, filter }));
    if (found !== undefined) expect(projects?.edges.map((edge) => edge?.node?.projectId)).toEqual(found);
    expect(await stack.calls()).toEqual([
      `GET ${listPath}?page_size=10${sent === undefined ? '' : `&${sent}`}`,
    ]);
  });

  test.each([
    { filter: {}, sent: '' },
    { filter: { search: '', name: '', projectManagerId: '', status: null }, sent: '' },
    { filter: { search: '', status: 'ACTIVE' as const }, sent: '&status=active' },
  ])('are all returned for an empty filter: $filter', async ({ filter, sent }) => {
    const result = await stack.execute(ProjectsDocument, { accountId: ids.account, filter });
    expect(dataOf(result).projects?.edges.length).toBeGreaterThan(0);
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=10${sent}`]);
  });

  test.each([
    { filter: { status: 'UNKNOWN' as const }, argument: '`filter.status`' },
    { filter: { search: 'x'.repeat(129) }, argument: '`filter.search`' },
    { filter: { search: 'habi' }, argument: '`filter.search`' },
    { filter: { name: 'x'.repeat(501) }, argument: '`filter.name`' },
    { filter: { projectManagerId: 'M1' }, argument: '`filter.projectManagerId`' },
  ])('rejects an invalid filter: $argument', async ({ filter, argument }) => {
    expectBadUserInput(await stack.execute(ProjectsDocument, { accountId: ids.account, filter }), argument);
    expect(await stack.calls()).toEqual([]);
  });

  test.each(['', 'x', ids.project])('rejects the account id %j', async (accountId) => {
    expectBadUserInput(await stack.execute(ProjectsDocument, { accountId }), '`accountId`');
    expect(await stack.calls()).toEqual([]);
  });

  test('of another account are forbidden', async () => {
    const result = await stack.execute(ProjectsDocument, { accountId: ids.other.account });
    expect(result.data).toEqual({ projects: null });
    expect(errorOf(result)).toMatchObject({
      path: ['projects'],
      extensions: { code: 'FORBIDDEN', retryable: false, upstream: { status: 403 } },
    });
    expect(await stack.calls()).toEqual(['GET /demand/accounts/202/projects?page_size=10']);
  });
});

describe('project', () => {
  test("returns the overview's properties", async () => {
    const overview = await readApi<rest.ProjectOverview>(stack.emulator, `${demoPaths.project}/overview`);
    await stack.forgetCalls();

    expect(dataOf(await stack.execute(ProjectDocument, { id: ids.project }))).toEqual({
      project: {
        id: ids.project,
        projectId: demo.projectId,
        humanReadableId: overview.human_readable_id,
        name: 'Breakfast habits tracker',
        status: 'ACTIVE',
        customerReferenceNumber: 'PO-2041-77',
        purchaseOrderNumber: 'PO-2041-77',
        targetGroupCount: null,
        lastActivityAt: null,
        statistics: statisticsOf(overview.statistics),
        projectManagerId: overview.project_manager_id,
      },
    });
    expect(await stack.calls()).toEqual([`GET ${demoPaths.project}/overview`]);
  });

  test.each([
    { fields: 'id', calls: [''] },
    { fields: 'targetGroupCount lastActivityAt', calls: [''] },
    { fields: 'name projectManagerId', calls: [''] },
    { fields: 'account { id }', calls: [''] },
    { fields: 'status', calls: ['/overview'] },
    { fields: 'name statistics { fillingGoal }', calls: ['/overview'] },
    { fields: 'name status @skip(if: true)', calls: [''] },
    { fields: 'name ... @include(if: false) { status }', calls: [''] },
    { fields: 'name ... on Project { ...Figures }', calls: ['/overview'] },
  ])('costs one call: { $fields }', async ({ fields, calls }) => {
    const fragment = fields.includes('...Figures')
      ? 'fragment Figures on Project { statistics { fillingGoal } }'
      : '';
    dataOf(await stack.execute(`{ project(id: "${ids.project}") { ${fields} } } ${fragment}`));
    expect(await stack.calls()).toEqual(calls.map((end) => `GET ${demoPaths.project}${end}`));
  });

  test('is null if it does not exist', async () => {
    const result = await stack.execute(ProjectDocument, { id: `101/${UNKNOWN_ID}` });
    expect(dataOf(result)).toEqual({ project: null });
    expect(await stack.calls()).toEqual([`GET ${listPath}/${UNKNOWN_ID}/overview`]);
  });

  test.each([
    '',
    '101',
    '101/',
    '101/..',
    '101/a/b/c/d',
    'x/y',
    '101/a b',
    '101/a%2Fb',
    ids.targetGroup(demo.live),
  ])('rejects the id %j', async (id) => {
    expectBadUserInput(await stack.execute(ProjectDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });

  test('of another account is forbidden', async () => {
    const result = await stack.execute(ProjectDocument, { id: ids.other.project });
    expect(result.data).toEqual({ project: null });
    expect(errorOf(result)).toMatchObject({ path: ['project'], extensions: { code: 'FORBIDDEN' } });
  });
});

function statisticsOf(statistics: rest.ProjectStatistics | undefined) {
  return {
    fillingGoal: statistics?.filling_goal,
    currentCompletes: statistics?.current_completes,
    currentPrescreens: statistics?.current_prescreens,
    incidenceRateMedian: statistics?.incidence_rate_median,
    lengthOfInterviewMedianSeconds: Math.round(statistics?.length_of_interview_median_seconds ?? 0),
    conversionRateAverage: statistics?.conversion_rate_average,
    dropOffRateAverage: statistics?.drop_off_rate_average,
  };
}

describe('the transitions of its target groups', () => {
  const call = `POST ${demoPaths.project}/compute-target-group-transitions`;

  async function ask(
    selection?: TargetGroupSelection | null,
  ): Promise<TargetGroupTransitionsQuery['targetGroupTransitions']> {
    const variables = { projectId: ids.project, selection };
    return dataOf(await stack.execute(TargetGroupTransitionsDocument, variables)).targetGroupTransitions;
  }

  async function included(...groups: { targetGroupId: string }[]) {
    const found = await ask({ includedTargetGroupIds: groups.map(ids.targetGroup) });
    return [...(found?.allowedActions ?? [])].sort();
  }

  describe('The allowed actions', () => {
    test.each([
      [[demo.live], ['COMPLETE', 'PAUSE']],
      [
        [demo.live, demo.secondLive],
        ['COMPLETE', 'PAUSE'],
      ],
      [[demo.paused], ['RESUME']],
      [[demo.pausedPastEnd], []],
      [[demo.scheduled], ['COMPLETE', 'LAUNCH']],
      [[demo.live, demo.scheduled], ['COMPLETE']],
      [[demo.live, demo.paused], []],
      [[demo.completed], ['RELAUNCH']],
      [[demo.draft], ['LAUNCH']],
      [[demo.draft, demo.scheduled], ['LAUNCH']],
      [[demo.draft, demo.live], []],
    ])('for %j', async (groups, actions) => {
      expect(await included(...groups)).toEqual(actions);
    });
  });

  describe('A selection', () => {
    test('contains what its filters match, without excluded ids', async () => {
      const live = await ask({ status: ['LIVE'] });
      expect(live?.targetGroupIds).toEqual(
        expect.arrayContaining([ids.targetGroup(demo.live), ids.targetGroup(demo.secondLive)]),
      );
      const excludedTargetGroupIds = [ids.targetGroup(demo.live)];
      const fewer = await ask({ status: ['LIVE'], excludedTargetGroupIds });
      expect(fewer?.targetGroupIds).toEqual(
        live?.targetGroupIds?.filter((id) => id !== ids.targetGroup(demo.live)),
      );
      expect(await stack.calls()).toEqual([call, call]);
      expect(await stack.emulator.control.effects()).toEqual([]);
    });

    test('has no ids and no actions if it is empty', async () => {
      const id = ids.targetGroup(demo.live);
      expect(await ask({ includedTargetGroupIds: [id], excludedTargetGroupIds: [id] })).toEqual({
        targetGroupIds: [],
        allowedActions: [],
      });
    });

    test('is null for another project, or one that does not exist', async () => {
      expect(await ask({ includedTargetGroupIds: [`${ids.project}/${UNKNOWN_ID}`] })).toBeNull();
      const variables = { projectId: `${ids.account}/${UNKNOWN_ID}` };
      expect(dataOf(await stack.execute(TargetGroupTransitionsDocument, variables))).toEqual({
        targetGroupTransitions: null,
      });
    });

    const group = ids.targetGroup(demo.live);
    test.each<[TargetGroupSelection, string]>([
      [{ includedTargetGroupIds: [] }, '`selection.includedTargetGroupIds`'],
      [{ includedTargetGroupIds: [group, demo.live.targetGroupId] }, '`selection.includedTargetGroupIds.1`'],
      [{ includedTargetGroupIds: [group, group, ids.project] }, '`selection.includedTargetGroupIds.2`'],
      [{ includedTargetGroupIds: [`${ids.largeProject}/X1`] }, '`selection.includedTargetGroupIds.0`'],
      [{ excludedTargetGroupIds: [group, ids.other.targetGroup] }, '`selection.excludedTargetGroupIds.1`'],
      [{ excludedTargetGroupIds: ['', group] }, '`selection.excludedTargetGroupIds.0`'],
      [{ excludedTargetGroupIds: Array<string>(1001).fill(group) }, '`selection.excludedTargetGroupIds`'],
      [{ status: ['LIVE', 'UNKNOWN'] }, '`selection.status.1`'],
      [{ country: ['USA'] }, '`selection.country.0`'],
      [{ language: ['eng', 'en'] }, '`selection.language.1`'],
      [{ search: 'x'.repeat(501) }, '`selection.search`'],
    ])('%j is rejected before any call', async (selection, argument) => {
      const variables = { projectId: ids.project, selection };
      expectBadUserInput(await stack.execute(TargetGroupTransitionsDocument, variables), argument);
      expect(await stack.calls()).toEqual([]);
    });

    test('is rejected for an id that is not a project', async () => {
      const variables = { projectId: group };
      expectBadUserInput(await stack.execute(TargetGroupTransitionsDocument, variables), '`projectId`');
      expect(await stack.calls()).toEqual([]);
    });
  });

  test('is read once per operation if equal, and separately otherwise', async () => {
    const one = (status: string) =>
      `targetGroupTransitions(projectId: "${ids.project}", selection: { status: ${status} }) { allowedActions targetGroupIds }`;
    const data = dataOf(
      await stack.execute<Record<string, { allowedActions: string[] }>, object>(
        `{ a: ${one('LIVE')} b: ${one('LIVE')} c: ${one('SCHEDULED')} }`,
      ),
    );
    expect(data['b']).toEqual(data['a']);
    expect(data['c']).not.toEqual(data['a']);
    expect(await stack.calls()).toEqual([call, call]);
  });
});
