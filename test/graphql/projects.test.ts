import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { ProjectDocument, ProjectsDocument } from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, NOBODY, useStack } from './stack.js';

const stack = useStack();
const listPath = `/demand/accounts/${demo.accountId}/projects`;

describe('projects', () => {
  test('shows what the list tells, in its order', async () => {
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

  test('of an account are the same', async () => {
    const answer = await stack.execute<{ account: { projects: { nodes: { id: string }[] } } }, unknown>(
      '{ account(id: "101") { projects(first: 1, filter: { status: ACTIVE }) { nodes { id } } } }',
    );
    expect(dataOf(answer).account.projects.nodes).toEqual([{ id: ids.project }]);
    expect(await stack.calls()).toEqual(['GET /accounts', `GET ${listPath}?page_size=1&status=active`]);
  });

  test('cost a call for each manager that is asked for, and none where none is', async () => {
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
  ])('are all that there are where a filter is empty: $filter', async ({ filter, sent }) => {
    const answer = await stack.execute(ProjectsDocument, { accountId: ids.account, filter });
    expect(dataOf(answer).projects?.edges.length).toBeGreaterThan(0);
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=10${sent}`]);
  });

  test.each([
    { filter: { status: 'UNKNOWN' as const }, argument: '`filter.status`' },
    { filter: { search: 'x'.repeat(129) }, argument: '`filter.search`' },
    { filter: { search: 'habi' }, argument: '`filter.search`' },
    { filter: { name: 'x'.repeat(501) }, argument: '`filter.name`' },
    { filter: { projectManagerId: 'M1' }, argument: '`filter.projectManagerId`' },
  ])('cannot be filtered by what makes no sense: $argument', async ({ filter, argument }) => {
    expectBadUserInput(await stack.execute(ProjectsDocument, { accountId: ids.account, filter }), argument);
    expect(await stack.calls()).toEqual([]);
  });

  test.each(['', 'x', ids.project])('%j is no account id', async (accountId) => {
    expectBadUserInput(await stack.execute(ProjectsDocument, { accountId }), '`accountId`');
    expect(await stack.calls()).toEqual([]);
  });

  test("of another's account are forbidden", async () => {
    const answer = await stack.execute(ProjectsDocument, { accountId: ids.other.account });
    expect(answer.data).toEqual({ projects: null });
    expect(errorOf(answer)).toMatchObject({
      path: ['projects'],
      extensions: { code: 'FORBIDDEN', retryable: false, upstream: { status: 403 } },
    });
    expect(await stack.calls()).toEqual(['GET /demand/accounts/202/projects?page_size=10']);
  });
});

describe('project', () => {
  test('shows what its overview tells', async () => {
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
  ])('asks REST once: { $fields }', async ({ fields, calls }) => {
    const fragment = fields.includes('...Figures')
      ? 'fragment Figures on Project { statistics { fillingGoal } }'
      : '';
    dataOf(await stack.execute(`{ project(id: "${ids.project}") { ${fields} } } ${fragment}`));
    expect(await stack.calls()).toEqual(calls.map((end) => `GET ${demoPaths.project}${end}`));
  });

  test('is null where there is none', async () => {
    const answer = await stack.execute(ProjectDocument, { id: `101/${NOBODY}` });
    expect(dataOf(answer)).toEqual({ project: null });
    expect(await stack.calls()).toEqual([`GET ${listPath}/${NOBODY}/overview`]);
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
  ])('%j is no id of one', async (id) => {
    expectBadUserInput(await stack.execute(ProjectDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });

  test("of another's account is forbidden", async () => {
    const answer = await stack.execute(ProjectDocument, { id: ids.other.project });
    expect(answer.data).toEqual({ project: null });
    expect(errorOf(answer)).toMatchObject({ path: ['project'], extensions: { code: 'FORBIDDEN' } });
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
