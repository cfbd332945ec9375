import { demo } from '../../src/emulator/index.js';
import {
  BatchJobDocument,
  FieldingRunDocument,
  PauseTargetGroupsDocument,
  ProjectDocument,
  ProjectsDocument,
  TargetGroupDocument,
  TargetGroupsDocument,
} from '../generated/documents.js';
import { dataOf, ids, useStack, type Stack } from './stack.js';

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
    while (job.status === 'PROCESSING') job = dataOf(await older.execute(BatchJobDocument, { id })).batchJob!;
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
