import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  TargetGroupByRawIdDocument,
  TargetGroupDocument,
  type TargetGroupFilter,
  TargetGroupsDocument,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();
const listPath = `${demoPaths.project}/target-groups`;

describe('targetGroups', () => {
  test("returns the list's properties, in its order", async () => {
    const list = await readApi<rest.TargetGroupList>(stack.emulator, `${listPath}?page_size=100`);
    await stack.forgetCalls();

    const data = dataOf(await stack.execute(TargetGroupsDocument, { projectId: ids.project, first: 100 }));
    expect(data.targetGroups?.edges.map((edge) => edge?.node)).toEqual(
      list.target_groups.map(({ statistics, ...item }) => ({
        id: `${ids.project}/${item.id}`,
        targetGroupId: item.id,
        humanReadableId: item.human_readable_id,
        name: item.name,
        customerReferenceNumber: item.target_group_customer_reference_number ?? null,
        locale: item.locale,
        status: item.status.toUpperCase(),
        createdAt: item.created_at,
        updatedAt: item.updated_at ?? null,
        projectManagerId: item.project_manager_id,
        progress: progressOf(statistics?.progress?.value),
        statistics: {
          conversionRate: statistics?.conversion_rate?.value ?? null,
          dropOffRate: statistics?.drop_off_rate?.value ?? null,
          incidenceRate: statistics?.incidence_rate?.value ?? null,
          medianLengthOfInterviewSeconds: statistics?.median_length_of_interview_seconds?.value ?? null,
          averageCostPerInterview: moneyIn(statistics?.average_cost_per_interview?.value),
          earningsPerClick: moneyIn(statistics?.earnings_per_click?.value),
          earningsPerClickPerMinute: moneyIn(statistics?.earnings_per_click_per_minute?.value),
          currentCostPerInterview: null,
          currentCost: null,
          lastCompleteAt: statistics?.last_complete_date?.value ?? null,
          issues: issuesIn(statistics),
        },
      })),
    );
    expect(new Set(list.target_groups.map(({ status }) => status)).size).toBe(6);
    const issues = list.target_groups.flatMap(({ statistics }) => issuesIn(statistics));
    expect(issues.length).toBeGreaterThan(0);
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=100`]);
  });

  const filters: {
    filter: TargetGroupFilter;
    sent: string;
    holds: (item: rest.TargetGroupListItem) => boolean;
  }[] = [
    {
      filter: { status: ['PAUSED', 'DRAFT'] },
      sent: 'status=paused&status=draft',
      holds: ({ status }) => ['paused', 'draft'].includes(status),
    },
    {
      filter: { search: 'Adults' },
      sent: 'search_string=Adults',
      holds: ({ name }) => name.includes('Adults'),
    },
    {
      filter: { country: ['US', 'de'] },
      sent: 'country=us&country=de',
      holds: ({ locale }) => /_(us|de)$/.test(locale ?? ''),
    },
    {
      filter: { language: ['ENG'] },
      sent: 'language=eng',
      holds: ({ locale }) => locale?.startsWith('eng_') === true,
    },
    {
      filter: { status: ['LIVE'], language: ['ENG'] },
      sent: 'status=live&language=eng',
      holds: ({ status, locale }) => status === 'live' && locale?.startsWith('eng_') === true,
    },
    {
      filter: { name: 'Adults' },
      sent: 'name=Adults',
      holds: ({ name }) => name.includes('Adults'),
    },
    {
      filter: { exclusionStatus: true },
      sent: 'exclusion_status=true',
      holds: ({ exclusion_enabled: excludes }) => excludes === true,
    },
    {
      filter: { exclusionStatus: false },
      sent: 'exclusion_status=false',
      holds: ({ exclusion_enabled: excludes }) => excludes === false,
    },
    {
      filter: { projectManagerId: '00000000-0000-4000-8000-00000000000A' },
      sent: 'project_manager_id=00000000-0000-4000-8000-00000000000a',
      holds: () => false,
    },
  ];
  test.each(filters)('can be filtered: $filter', async ({ filter, sent, holds }) => {
    const list = await readApi<rest.TargetGroupList>(stack.emulator, `${listPath}?page_size=100`);
    await stack.forgetCalls();

    const variables = { projectId: ids.project, first: 100, filter };
    const { targetGroups } = dataOf(await stack.execute(TargetGroupsDocument, variables));
    expect(targetGroups?.edges.map((edge) => edge?.node?.targetGroupId)).toEqual(
      list.target_groups.filter(holds).map(({ id }) => id),
    );
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=100&${sent}`]);
  });

  test('can be filtered by short ids', async () => {
    const list = await readApi<rest.TargetGroupList>(stack.emulator, listPath);
    const humanReadableIds = list.target_groups.slice(2, 4).map((item) => item.human_readable_id ?? '');
    await stack.forgetCalls();

    const variables = { projectId: ids.project, filter: { humanReadableIds } };
    const { targetGroups } = dataOf(await stack.execute(TargetGroupsDocument, variables));
    expect(targetGroups?.edges.map((edge) => edge?.node?.humanReadableId)).toEqual(humanReadableIds);
    expect(await stack.calls()).toEqual([
      `GET ${listPath}?page_size=10&${humanReadableIds.map((id) => `human_readable_ids=${id}`).join('&')}`,
    ]);
  });

  test('can be filtered by customer reference numbers', async () => {
    const list = await readApi<rest.TargetGroupList>(stack.emulator, `${listPath}?page_size=100`);
    const references = list.target_groups.flatMap(
      (item) => item.target_group_customer_reference_number ?? [],
    );
    const customerReferenceNumbers = [...new Set(references)].slice(0, 2);
    expect(customerReferenceNumbers).toHaveLength(2);
    await stack.forgetCalls();

    const variables = { projectId: ids.project, first: 100, filter: { customerReferenceNumbers } };
    const { targetGroups } = dataOf(await stack.execute(TargetGroupsDocument, variables));
    expect(targetGroups?.edges.map((edge) => edge?.node?.targetGroupId)).toEqual(
      list.target_groups
        .filter((item) =>
          customerReferenceNumbers.includes(item.target_group_customer_reference_number ?? ''),
        )
        .map(({ id }) => id),
    );
    const [one = '', two = ''] = customerReferenceNumbers;
    const name = 'target_group_customer_reference_numbers';
    expect(await stack.calls()).toEqual([`GET ${listPath}?page_size=100&${name}=${one}&${name}=${two}`]);
  });

  const empty: { filter: TargetGroupFilter | null; sent: string }[] = [
    { filter: null, sent: '' },
    { filter: {}, sent: '' },
    { filter: { search: '', status: [], country: [], language: [], humanReadableIds: [] }, sent: '' },
    {
      filter: { name: '', customerReferenceNumbers: [], projectManagerId: '', exclusionStatus: null },
      sent: '',
    },
    { filter: { search: '', status: ['LIVE'], country: null }, sent: '&status=live' },
  ];
  test.each(empty)('are all returned for an empty filter: $filter', async ({ filter, sent }) => {
    const result = await stack.execute(TargetGroupsDocument, { projectId: ids.project, filter });
    expect(dataOf(result).targetGroups?.edges.length).toBeGreaterThan(0);
    expect(await stack.calls()).toEqual([`GET ${demoPaths.project}/target-groups?page_size=10${sent}`]);
  });

  const nonsense: { filter: TargetGroupFilter; argument: string }[] = [
    { filter: { status: ['UNKNOWN'] }, argument: '`filter.status.0`' },
    { filter: { status: ['LIVE', 'UNKNOWN'] }, argument: '`filter.status.1`' },
    { filter: { country: ['US', 'USA'] }, argument: '`filter.country.1`' },
    { filter: { country: Array.from({ length: 101 }, () => 'US') }, argument: '`filter.country`' },
    { filter: { language: ['EN'] }, argument: '`filter.language.0`' },
    { filter: { humanReadableIds: [''] }, argument: '`filter.humanReadableIds.0`' },
    { filter: { humanReadableIds: ['9NRV3B9', '9NRV3B'] }, argument: '`filter.humanReadableIds.1`' },
    { filter: { customerReferenceNumbers: ['AB'] }, argument: '`filter.customerReferenceNumbers.0`' },
    { filter: { customerReferenceNumbers: ['AB/1'] }, argument: '`filter.customerReferenceNumbers.0`' },
    { filter: { projectManagerId: 'M1' }, argument: '`filter.projectManagerId`' },
    { filter: { name: 'x'.repeat(501) }, argument: '`filter.name`' },
  ];
  test.each(nonsense)('rejects an invalid filter: $argument', async ({ filter, argument }) => {
    const result = await stack.execute(TargetGroupsDocument, { projectId: ids.project, filter });
    expectBadUserInput(result, argument);
    expect(await stack.calls()).toEqual([]);
  });

  test('is null if the project does not exist', async () => {
    const result = await stack.execute(TargetGroupsDocument, { projectId: `101/${UNKNOWN_ID}` });
    expect(dataOf(result)).toEqual({ targetGroups: null });
  });

  test.each(['', '101', ids.targetGroup(demo.live)])('rejects the project id %j', async (projectId) => {
    expectBadUserInput(await stack.execute(TargetGroupsDocument, { projectId }), '`projectId`');
    expect(await stack.calls()).toEqual([]);
  });

  test('of another account are forbidden', async () => {
    const result = await stack.execute(TargetGroupsDocument, { projectId: ids.other.project });
    expect(result.data).toEqual({ targetGroups: null });
    expect(errorOf(result)).toMatchObject({ path: ['targetGroups'], extensions: { code: 'FORBIDDEN' } });
  });
});

describe('targetGroup', () => {
  const path = demoPaths.targetGroup(demo.live);

  test('returns properties of the overview, the details and the fielding runs', async () => {
    const overview = await readApi<rest.TargetGroupOverview>(stack.emulator, `${path}/overview`);
    const details = await readApi<rest.TargetGroupDetails>(stack.emulator, `${path}/details`);
    await stack.forgetCalls();

    expect(dataOf(await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.live) }))).toEqual({
      targetGroup: {
        id: ids.targetGroup(demo.live),
        targetGroupId: demo.live.targetGroupId,
        humanReadableId: details.human_readable_id,
        name: overview.target_group_name,
        customerReferenceNumber: overview.target_group_customer_reference_number ?? null,
        locale: details.locale,
        status: 'LIVE',
        progress: progressOf(overview.progress),
        statistics: {
          conversionRate: overview.conversion_rate ?? null,
          dropOffRate: overview.drop_off_rate ?? null,
          incidenceRate: overview.incidence_rate ?? null,
          medianLengthOfInterviewSeconds: overview.median_length_of_interview_seconds ?? null,
          averageCostPerInterview: moneyIn(overview.average_cost_per_interview),
          earningsPerClick: null,
          earningsPerClickPerMinute: null,
          currentCostPerInterview: moneyIn(overview.current_cost_per_interview),
          currentCost: moneyIn(overview.current_cost),
          lastCompleteAt: null,
          issues: null,
        },
        createdAt: details.created_at,
        projectManagerId: details.project_manager_id,
        fieldingRun: expect.objectContaining({ id: ids.run(demo.live), status: 'LIVE', version: '5' }),
      },
    });
    const ends = ['overview', 'fielding-runs'];
    expect((await stack.calls()).sort()).toEqual(ends.map((end) => `GET ${path}/${end}`).sort());
  });

  test('returns the settings of a draft', async () => {
    const draftPath = demoPaths.targetGroup(demo.draft);
    const draft = await readApi<rest.DraftTargetGroup>(stack.emulator, draftPath);
    await stack.forgetCalls();

    const data = dataOf(await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.draft) }));
    expect(data.targetGroup).toMatchObject({
      status: 'DRAFT',
      name: draft.name,
      locale: draft.locale,
      humanReadableId: draft.human_readable_id,
      projectManagerId: draft.project_manager_id,
      createdAt: draft.created_at,
      progress: null,
      statistics: null,
      fieldingRun: null,
    });
    expect(await stack.calls()).toContain(`GET ${draftPath}`);
  });

  test.each([
    { fields: 'id', ends: ['/overview'] },
    { fields: 'name status locale humanReadableId', ends: ['/overview'] },
    { fields: 'progress { fillingGoal } statistics { conversionRate }', ends: ['/overview'] },
    { fields: 'id project { id account { id } }', ends: ['/overview'] },
    { fields: 'name createdAt', ends: ['/overview'] },
    { fields: 'status projectManagerId', ends: ['/overview'] },
    { fields: 'status createdAt @include(if: false)', ends: ['/overview'] },
    { fields: 'status ... on Node { id } ... @skip(if: true) { createdAt }', ends: ['/overview'] },
  ])('makes only the calls that the selection needs: { $fields }', async ({ fields, ends }) => {
    dataOf(await stack.execute(`{ targetGroup(id: "${ids.targetGroup(demo.live)}") { ${fields} } }`));
    expect((await stack.calls()).sort()).toEqual(ends.map((end) => `GET ${path}${end}`));
  });

  test('is read as a draft if there is no overview', async () => {
    const id = `${ids.project}/${UNKNOWN_ID}`;
    expect(dataOf(await stack.execute(`{ targetGroup(id: "${id}") { name } }`))).toEqual({
      targetGroup: null,
    });
    const path = demoPaths.targetGroup({ targetGroupId: UNKNOWN_ID });
    expect(await stack.calls()).toEqual([`GET ${path}/overview`, `GET ${path}`]);
  });

  test.each(['', ids.project, `${ids.project}/..`, `${ids.project}/${'x'.repeat(129)}`, ids.run(demo.live)])(
    'rejects the id %j',
    async (id) => {
      expectBadUserInput(await stack.execute(TargetGroupDocument, { id }), '`id`');
      expect(await stack.calls()).toEqual([]);
    },
  );

  test('of another account is forbidden', async () => {
    const result = await stack.execute(TargetGroupDocument, { id: ids.other.targetGroup });
    expect(result.data).toEqual({ targetGroup: null });
    expect(errorOf(result)).toMatchObject({ path: ['targetGroup'], extensions: { code: 'FORBIDDEN' } });
  });
});

function progressOf(progress: rest.TargetGroupProgress | undefined) {
  return {
    currentCompletes: progress?.current_completes,
    currentPrescreens: progress?.current_prescreens,
    fillingGoal: progress?.filling_goal,
    fillingStrategy: progress?.filling_strategy,
  };
}

/** Money in the newest version, as in the graph. */
function moneyIn(money: rest.MonetaryAmount | undefined) {
  if (typeof money !== 'object') return null;
  return { amount: money.value, currency: money.currency_code };
}

/** Issues of statistics in the newest version, as in the graph. */
function issuesIn(statistics: rest.TargetGroupStatistics | undefined) {
  const of = (statistic: string, issues: readonly rest.StatisticIssue[] = []) =>
    issues.map(({ issue_type: type, reason, suggestions }) => ({
      statistic,
      severity: type?.toUpperCase(),
      code: reason?.code,
      description: reason?.description,
      suggestions,
    }));
  return [
    ...of('PROGRESS', statistics?.progress?.issues),
    ...of('DROP_OFF_RATE', statistics?.drop_off_rate?.issues),
    ...of('INCIDENCE_RATE', statistics?.incidence_rate?.issues),
    ...of('MEDIAN_LENGTH_OF_INTERVIEW', statistics?.median_length_of_interview_seconds?.issues),
  ];
}

describe('targetGroupByRawId', () => {
  const { targetGroupId } = demo.live;
  const overviewById = `GET /demand/target-groups/${targetGroupId}/overview`;

  test('returns the same target group as the full id, with one call', async () => {
    const { targetGroupByRawId } = dataOf(await stack.execute(TargetGroupByRawIdDocument, { targetGroupId }));
    expect(await stack.calls()).toEqual([overviewById]);
    const { targetGroup } = dataOf(
      await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.live) }),
    );
    expect(targetGroup).toMatchObject(targetGroupByRawId!);
    expect(targetGroupByRawId?.id).toBe(ids.targetGroup(demo.live));
  });

  test.each([
    ['id project { id account { id } }', []],
    ['name createdAt projectManagerId', []],
    ['performance { completes }', [`GET ${demoPaths.targetGroup(demo.live)}/performance`]],
  ])('makes only the additional calls that { %s } needs', async (fields, calls) => {
    dataOf(await stack.execute(`{ targetGroupByRawId(targetGroupId: "${targetGroupId}") { ${fields} } }`));
    expect(await stack.calls()).toEqual([overviewById, ...calls]);
  });

  test('is read once per operation', async () => {
    const one = `targetGroupByRawId(targetGroupId: "${targetGroupId}") { id status }`;
    dataOf(await stack.execute(`{ a: ${one} b: ${one} }`));
    expect(await stack.calls()).toEqual([overviewById]);
  });

  test.each([
    ['that does not exist', UNKNOWN_ID],
    ['of a draft', demo.draft.targetGroupId],
  ])('is null for an id %s', async (_what, unknown) => {
    expect(dataOf(await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: unknown }))).toEqual({
      targetGroupByRawId: null,
    });
  });

  test('is forbidden for an id of another account', async () => {
    const result = await stack.execute(TargetGroupByRawIdDocument, {
      targetGroupId: demo.other.live.targetGroupId,
    });
    expect(errorOf(result)).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  test.each([
    '',
    '..',
    '.',
    'T1/x',
    ids.targetGroup(demo.live),
    'T 1',
    'T1?x=1',
    'T%2F1',
    'ü',
    'x'.repeat(129),
  ])('rejects an id such as %j before any call', async (malformed) => {
    const result = await stack.execute(TargetGroupByRawIdDocument, { targetGroupId: malformed });
    expectBadUserInput(result, '`targetGroupId`');
    expect(await stack.calls()).toEqual([]);
  });
});
