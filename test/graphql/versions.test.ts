import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  FieldingRunDocument,
  PauseTargetGroupsDocument,
  ProjectDocument,
  ProjectsDocument,
  TargetGroupDocument,
  TargetGroupsDocument,
  UpdateFieldingPeriodDocument,
  BatchJobDocument,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { actions, readRun } from './changes.js';
import { dataOf, ids, inDays, useStack, type Stack } from './stack.js';

/** The graph is the same for every API version, except for what an older one does not return. */
describe.each(['2025-12-18', '2025-05-27'])('With version %s of the API', (version) => {
  const older = version < '2025-12-18';
  const stack = useStack({ env: { DEMAND_API_VERSION: version } });
  const path = demoPaths.targetGroup(demo.live);

  /** What only the newest version returns. */
  async function readBody<Body>(restPath: string): Promise<Body> {
    const body = await readApi<Body>(stack.emulator, restPath);
    await stack.forgetCalls();
    return body;
  }

  afterEach(async () => {
    const requests = await stack.requests();
    expect(new Set(requests.map(({ headers }) => headers['cint-api-version']))).toEqual(new Set([version]));
  });

  test('a project has its customer reference number under both names', async () => {
    const { project } = dataOf(await stack.execute(ProjectDocument, { id: ids.project }));
    expect(project).toMatchObject({
      customerReferenceNumber: 'PO-2041-77',
      purchaseOrderNumber: 'PO-2041-77',
    });
    expect(project?.projectManagerId).toEqual(expect.any(String));
    expect(await stack.calls()).toEqual([`GET ${demoPaths.project}/overview`]);
  });

  test('projects in a list have their customer reference numbers', async () => {
    const { projects } = dataOf(await stack.execute(ProjectsDocument, { accountId: ids.account }));
    const numbers = projects?.edges.map((edge) => edge?.node?.customerReferenceNumber);
    expect(numbers).toContain('PO-2041-77');
    expect(projects?.edges.map((edge) => edge?.node?.purchaseOrderNumber)).toEqual(numbers);
  });

  test('a list of target groups has statistics, money and issues', async () => {
    const list = await readBody<rest.TargetGroupList>(`${demoPaths.project}/target-groups?page_size=100`);
    const { targetGroups } = dataOf(
      await stack.execute(TargetGroupsDocument, { projectId: ids.project, first: 100 }),
    );
    const nodes = targetGroups!.edges.map((edge) => edge!.node!);

    expect(nodes).toMatchObject(
      list.target_groups.map(({ statistics, ...item }) => ({
        targetGroupId: item.id,
        customerReferenceNumber: older ? null : (item.target_group_customer_reference_number ?? null),
        status: item.status.toUpperCase(),
        createdAt: item.created_at,
        projectManagerId: item.project_manager_id,
        progress: { fillingStrategy: statistics?.progress?.value?.filling_strategy },
        statistics: {
          incidenceRate: statistics?.incidence_rate?.value ?? null,
          averageCostPerInterview: moneyIn(statistics?.average_cost_per_interview?.value),
          issues: issuesIn(statistics),
        },
      })),
    );
    expect(nodes.flatMap(({ statistics }) => statistics?.issues ?? []).length).toBeGreaterThan(0);
    expect(nodes.some(({ statistics }) => statistics?.averageCostPerInterview)).toBe(true);
    expect(await stack.calls()).toEqual([`GET ${demoPaths.project}/target-groups?page_size=100`]);
  });

  test('a launched target group has its manager, read from the details if the overview lacks it', async () => {
    const overview = await readBody<rest.TargetGroupOverview>(`${path}/overview`);
    const { targetGroup } = dataOf(
      await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.live) }),
    );
    expect(targetGroup).toMatchObject({
      name: overview.target_group_name,
      customerReferenceNumber: older ? null : (overview.target_group_customer_reference_number ?? null),
      locale: `${overview.language_code}_${overview.country_code}`.toLowerCase(),
      status: 'LIVE',
      createdAt: overview.created_at,
      projectManagerId: overview.project_manager_id,
      statistics: {
        currentCostPerInterview: older ? null : moneyIn(overview.current_cost_per_interview),
        currentCost: older ? null : moneyIn(overview.current_cost),
      },
      fieldingRun: { status: 'LIVE' },
    });
    const ends = ['overview', ...(older ? ['details'] : []), 'fielding-runs'];
    expect((await stack.calls()).sort()).toEqual(ends.map((end) => `GET ${path}/${end}`).sort());
  });

  test.each([
    { fields: 'name status locale statistics { conversionRate }', ends: ['overview'] },
    { fields: 'createdAt', ends: older ? ['overview', 'details'] : ['overview'] },
    { fields: 'projectManagerId', ends: older ? ['overview', 'details'] : ['overview'] },
  ])(
    'a target group costs only the calls that the selection needs: { $fields }',
    async ({ fields, ends }) => {
      dataOf(await stack.execute(`{ targetGroup(id: "${ids.targetGroup(demo.live)}") { ${fields} } }`));
      expect(await stack.calls()).toEqual(ends.map((end) => `GET ${path}/${end}`));
    },
  );

  test('a draft has its settings', async () => {
    const draft = await readBody<rest.DraftTargetGroup>(demoPaths.targetGroup(demo.draft));
    const { targetGroup } = dataOf(
      await stack.execute(TargetGroupDocument, { id: ids.targetGroup(demo.draft) }),
    );
    expect(targetGroup).toMatchObject({
      name: draft.name,
      status: 'DRAFT',
      projectManagerId: draft.project_manager_id,
      createdAt: draft.created_at ?? null,
      statistics: null,
    });
  });

  test.each(actions)('$name changes the state', async ({ document, path: action, from, to, rejected }) => {
    const { version: seen } = await readRun(stack, from);
    const input = { id: ids.run(from), version: seen };
    const [changed] = Object.values(dataOf(await stack.execute(document, { input })));
    expect(changed).toMatchObject({
      fieldingRun: { status: to, version: String(Number(seen) + 1) },
      userErrors: [],
    });
    expect(await stack.calls()).toContain(`POST ${demoPaths.run(from)}/${action}`);

    const there = await readRun(stack, rejected);
    const again = { id: ids.run(rejected), version: there.version };
    const [payload] = Object.values(dataOf(await stack.execute(document, { input: again })));
    expect(payload).toMatchObject({
      fieldingRun: null,
      userErrors: [{ code: 'INVALID_STATE', current: { status: there.status } }],
    });
  });

  test('a fielding run has its state and its actions', async () => {
    const { fieldingRun } = dataOf(await stack.execute(FieldingRunDocument, { id: ids.run(demo.paused) }));
    expect(fieldingRun).toMatchObject({ status: 'PAUSED', availableActions: ['RESUME'] });
  });

  test('a fielding period can be changed, or is rejected with the invalid fields', async () => {
    const { version: seen } = await readRun(stack, demo.scheduled);
    const input = { id: ids.run(demo.scheduled), version: seen };
    const late = { ...input, startAt: inDays(-1), endAt: inDays(8) };
    const rejected = dataOf(await stack.execute(UpdateFieldingPeriodDocument, { input: late }));
    expect(rejected.updateFieldingPeriod?.userErrors).toMatchObject([
      { __typename: 'ValidationError', field: ['startAt'] },
    ]);
    const sound = { ...input, startAt: inDays(2), endAt: inDays(8) };
    const moved = dataOf(await stack.execute(UpdateFieldingPeriodDocument, { input: sound }));
    expect(moved.updateFieldingPeriod).toMatchObject({
      fieldingRun: { status: 'SCHEDULED', startAt: sound.startAt, endAt: sound.endAt },
      userErrors: [],
    });
  });

  test('a job leads to its target groups by name', async () => {
    const targetGroupIds = [ids.targetGroup(demo.live), ids.targetGroup(demo.scheduled)];
    const { pauseTargetGroups } = dataOf(
      await stack.execute(PauseTargetGroupsDocument, { input: { targetGroupIds } }),
    );
    const id = pauseTargetGroups!.batchJob!.id;
    const live = await readApi<rest.TargetGroupOverview>(stack.emulator, `${path}/overview`, {
      headers: { 'cint-api-version': version },
    });
    let job;
    do {
      const parts = 'targetGroupId name targetGroup { name }';
      const result = await stack.execute<{ batchJob: Record<string, unknown> }, unknown>(
        `{ batchJob(id: "${id}") { status updatedTargetGroups { ${parts} }
          failedTargetGroups { ${parts} failureReason { code } } } }`,
      );
      job = dataOf(result).batchJob;
    } while (job['status'] === 'PROCESSING');
    expect(job).toMatchObject({
      status: 'COMPLETED',
      updatedTargetGroups: [
        {
          targetGroupId: demo.live.targetGroupId,
          name: older ? live.target_group_name : null,
          targetGroup: { name: live.target_group_name },
        },
      ],
      failedTargetGroups: [
        {
          targetGroupId: demo.scheduled.targetGroupId,
          name: older ? expect.any(String) : null,
          targetGroup: { name: expect.any(String) },
          failureReason: { code: 'StatusTransitionNotAllowed' },
        },
      ],
    });
  });

  /** Older versions write a number without a currency. */
  function moneyIn(money: rest.MonetaryAmount | undefined) {
    if (typeof money !== 'object') return null;
    if (older) return { amount: String(Number(money.value)), currency: null };
    return { amount: money.value, currency: money.currency_code };
  }

  /** Older versions have neither a severity nor suggestions. */
  function issuesIn(statistics: rest.TargetGroupStatistics | undefined) {
    const of = (statistic: string, issues: readonly rest.StatisticIssue[] = []) =>
      issues.map(({ issue_type: type, reason, suggestions }) => ({
        statistic,
        severity: older ? 'UNKNOWN' : type?.toUpperCase(),
        code: reason?.code,
        description: reason?.description,
        suggestions: older ? [] : suggestions,
      }));
    return [
      ...of('PROGRESS', statistics?.progress?.issues),
      ...of('DROP_OFF_RATE', statistics?.drop_off_rate?.issues),
      ...of('INCIDENCE_RATE', statistics?.incidence_rate?.issues),
      ...of('MEDIAN_LENGTH_OF_INTERVIEW', statistics?.median_length_of_interview_seconds?.issues),
    ];
  }
});

describe('Versions that differ', () => {
  const options = { emulator: { jobStepMs: 1 } };
  const newest = useStack(options);
  const older = useStack({ ...options, env: { DEMAND_API_VERSION: '2025-05-27' } });

  /** An API version before 2025-12-18 looks like the newest one, except for what it does not return. */
  describe('the older API version', () => {
    test('is requested', async () => {
      dataOf(await older.execute(FieldingRunDocument, { id: ids.run(demo.live) }));
      expect((await older.requests())[0]!.headers).toMatchObject({ 'cint-api-version': '2025-05-27' });
    });

    test('returns a run like the newest version', async () => {
      const variables = { id: ids.run(demo.live) };
      const { fieldingRun } = dataOf(await older.execute(FieldingRunDocument, variables));
      expect(fieldingRun).toMatchObject({ status: 'LIVE', availableActions: ['PAUSE', 'COMPLETE'] });
      expect({ fieldingRun }).toEqual(dataOf(await newest.execute(FieldingRunDocument, variables)));
    });

    test('returns projects like the newest version', async () => {
      const read = async (stack: Stack) => [
        dataOf(await stack.execute(ProjectDocument, { id: ids.project })).project,
        dataOf(await stack.execute(ProjectsDocument, { accountId: ids.account })).projects,
      ];
      const expected = await read(newest);
      expect(expected[0]).toMatchObject({ purchaseOrderNumber: 'PO-2041-77' });
      expect(await read(older)).toEqual(expected);
    });

    test('returns target groups with money without a currency, and issues without a severity', async () => {
      const variables = { projectId: ids.project, first: 100 };
      const expected = dataOf(await newest.execute(TargetGroupsDocument, variables)).targetGroups!;
      const actual = dataOf(await older.execute(TargetGroupsDocument, variables)).targetGroups!;
      expect(actual.edges.map((edge) => commonToAll(edge?.node))).toEqual(
        expected.edges.map((edge) => commonToAll(edge?.node)),
      );
      const severities = actual.edges.flatMap((edge) => edge?.node?.statistics?.issues ?? []);
      expect(new Set(severities.map((issue) => issue?.severity))).toEqual(new Set(['UNKNOWN']));
      const costs = actual.edges.map((edge) => edge?.node?.statistics?.averageCostPerInterview);
      expect(costs.map((cost) => cost?.currency)).toEqual(costs.map(() => null));
      expect(costs.map((cost) => Number(cost?.amount))).toEqual(
        expected.edges.map((edge) => Number(edge?.node?.statistics?.averageCostPerInterview?.amount)),
      );
    });

    test.each([ids.targetGroup(demo.live), ids.targetGroup(demo.draft)])(
      'has no other gaps in %s',
      async (id) => {
        const { targetGroup: expected } = dataOf(await newest.execute(TargetGroupDocument, { id }));
        const { targetGroup: actual } = dataOf(await older.execute(TargetGroupDocument, { id }));
        expect(commonToAll(actual)).toEqual(commonToAll(expected));
      },
    );

    test('leads from a job to its target groups by name', async () => {
      const input = { targetGroupIds: [demo.live, demo.draft].map(ids.targetGroup) };
      const { pauseTargetGroups } = dataOf(await older.execute(PauseTargetGroupsDocument, { input }));
      const { id } = pauseTargetGroups!.batchJob!;
      let job = dataOf(await older.execute(BatchJobDocument, { id })).batchJob!;
      while (job.status === 'PROCESSING')
        job = dataOf(await older.execute(BatchJobDocument, { id })).batchJob!;
      expect(job.updatedTargetGroups).toMatchObject([{ name: expect.any(String) }]);
      expect(job.failedTargetGroups).toMatchObject([{ name: expect.any(String) }]);
    });
  });

  /**
   * A target group without the parts that older versions lack or write differently: money, reference numbers, and most of
   * an issue.
   */
  function commonToAll(group: object | null | undefined): object {
    const { statistics } = { ...group } as Record<string, unknown>;
    const metrics = Object.entries(statistics ?? {}).filter(([name]) => !/cost|earnings|issues/i.test(name));
    return {
      ...group,
      customerReferenceNumber: undefined,
      statistics: Object.fromEntries(metrics),
      issues: issuesIn(group),
    };
  }

  function issuesIn(group: object | null | undefined): unknown {
    const { statistics } = { ...group } as { statistics?: { issues?: readonly { code?: unknown }[] | null } };
    return statistics?.issues?.map(({ code }) => code);
  }
});
