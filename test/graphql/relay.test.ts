/** What Relay asks of a server: `node` and connections. */
import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  LaunchDraftTargetGroupDocument,
  NodeDocument,
  PauseTargetGroupsDocument,
  ProjectsDocument,
  type ProjectsQueryVariables,
  TargetGroupsDocument,
  type TargetGroupsQuery,
  type TargetGroupsQueryVariables,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, inDays, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();

describe('node', () => {
  test.each([
    { id: ids.account, node: { __typename: 'Account', accountId: '101' }, call: '/accounts' },
    {
      id: ids.project,
      node: { __typename: 'Project', projectName: 'Breakfast habits tracker' },
      call: demoPaths.project,
    },
    {
      id: ids.targetGroup(demo.live),
      node: { __typename: 'TargetGroup', targetGroupStatus: 'LIVE' },
      call: `${demoPaths.targetGroup(demo.live)}/overview`,
    },
    {
      id: ids.run(demo.live),
      node: { __typename: 'FieldingRun', fieldingRunStatus: 'LIVE' },
      call: demoPaths.run(demo.live),
    },
  ])('finds a $node.__typename by its id', async ({ id, node, call }) => {
    expect(dataOf(await stack.execute(NodeDocument, { id }))).toEqual({ node: { id, ...node } });
    expect(await stack.calls()).toEqual([`GET ${call}`]);
  });

  test('finds a BatchJob by the id from its creation, and by the long form', async () => {
    const input = { targetGroupIds: [ids.targetGroup(demo.paused)] };
    const { pauseTargetGroups } = dataOf(await stack.execute(PauseTargetGroupsDocument, { input }));
    const { id, jobId } = pauseTargetGroups!.batchJob!;
    const longId = ids.job('pause-fielding-runs-by-target-group-id', jobId);
    expect(id).toBe(ids.job('pause', jobId));
    await stack.forgetCalls();

    for (const either of [id, longId]) {
      expect(dataOf(await stack.execute(NodeDocument, { id: either })).node).toEqual({
        __typename: 'BatchJob',
        id,
        batchJobStatus: expect.stringMatching(/^(PROCESSING|COMPLETED)$/),
      });
    }
    const call = `GET ${demoPaths.batchJobs('pause')}/${jobId}`;
    expect(await stack.calls()).toEqual([call, call]);
  });

  test('finds a DraftLaunchJob by the id from its creation', async () => {
    const input = { id: ids.targetGroup(demo.draft), endAt: inDays(30) };
    const created = dataOf(await stack.execute(LaunchDraftTargetGroupDocument, { input }));
    const { id, jobId } = created.launchDraftTargetGroup!.draftLaunchJob!;
    expect(id).toBe(ids.draftJob('launch', jobId));
    await stack.forgetCalls();

    expect(dataOf(await stack.execute(NodeDocument, { id })).node).toEqual({
      __typename: 'DraftLaunchJob',
      id,
      draftLaunchJobStatus: expect.stringMatching(/^(PROCESSING|COMPLETED)$/),
    });
    expect(await stack.calls()).toEqual([`GET ${demoPaths.draftJobs('launch')}/${jobId}`]);
  });

  test.each([
    '999',
    `101/${UNKNOWN_ID}`,
    `${ids.project}/${UNKNOWN_ID}`,
    ids.run({ ...demo.live, fieldingRunId: UNKNOWN_ID }),
    ids.run({ ...demo.live, fieldingRunId: demo.paused.fieldingRunId }),
    ids.job('pause', UNKNOWN_ID),
    ids.draftJob('launch', UNKNOWN_ID),
    ids.draftJob('schedule', UNKNOWN_ID),
  ])('is null if the object does not exist: %s', async (id) => {
    expect(dataOf(await stack.execute(NodeDocument, { id }))).toEqual({ node: null });
  });

  test.each([
    '',
    '/',
    'x',
    '101/',
    '/101',
    '101//x',
    '101/..',
    '101/a?b',
    '101/a#b',
    '101/%2e%2e',
    'ä/b',
    `${ids.run(demo.live)}/more`,
    ` ${ids.project}`,
    `101/${'x'.repeat(129)}`,
  ])('rejects the id %j', async (id) => {
    expectBadUserInput(await stack.execute(NodeDocument, { id }), '`id`');
    expect(await stack.calls()).toEqual([]);
  });

  test.each([ids.other.project, ids.other.targetGroup, ids.other.run])('is forbidden: %s', async (id) => {
    const result = await stack.execute(NodeDocument, { id });
    expect(result.data).toEqual({ node: null });
    expect(errorOf(result)).toMatchObject({ path: ['node'], extensions: { code: 'FORBIDDEN' } });
  });
});

describe('connections', () => {
  const listPath = `/demand/accounts/${demo.accountId}/projects/${demo.largeProjectId}/target-groups`;

  type Page = NonNullable<TargetGroupsQuery['targetGroups']>;
  type PageVariables = Omit<TargetGroupsQueryVariables, 'projectId' | 'filter'>;

  async function readPage(
    variables: PageVariables & Pick<TargetGroupsQueryVariables, 'filter'>,
  ): Promise<Page> {
    const result = await stack.execute(TargetGroupsDocument, { projectId: ids.largeProject, ...variables });
    return dataOf(result).targetGroups!;
  }

  function idsOn({ edges }: Page): (string | undefined)[] {
    return edges.map((edge) => edge?.node?.targetGroupId);
  }

  /** All ids of the list in order, read directly from the REST API. */
  async function allIds(): Promise<string[]> {
    const found: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const path = `${listPath}?page_size=100${next && `&start_after=${next}`}`;
      const list: rest.TargetGroupList = await readApi(stack.emulator, path);
      found.push(...list.target_groups.map(({ id }) => id));
      next = list.has_more ? (list.next_cursor ?? undefined) : undefined;
    }
    await stack.forgetCalls();
    return found;
  }

  describe('Walking through a connection', () => {
    test.each([7, 35, 100])('forward by %d returns every item once and in order', async (first) => {
      const all = await allIds();
      expect(all.length).toBeGreaterThan(100);

      const seen: (string | undefined)[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const page = await readPage({ first, after });
        seen.push(...idsOn(page));
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
        ({ hasNextPage: more, endCursor: after } = page.pageInfo);
      }
      expect(seen).toEqual(all);
      expect(await stack.calls()).toHaveLength(Math.ceil(all.length / first));
    });

    test.each([7, 35, 100])('backward by %d returns every item once and in order', async (last) => {
      const all = await allIds();

      const seen: (string | undefined)[] = [];
      let before: string | null = all.at(-1)!;
      for (let more = true; more;) {
        const page: Page = await readPage({ last, before });
        seen.unshift(...idsOn(page));
        expect(page.pageInfo.hasNextPage).toBe(true);
        ({ hasPreviousPage: more, startCursor: before } = page.pageInfo);
      }
      expect(seen).toEqual(all.slice(0, -1));
    });

    test('works with every cursor as `after` and as `before`', async () => {
      const all = await allIds();
      const { edges } = await readPage({ first: 8 });
      for (const [index, edge] of edges.entries()) {
        const [next, previous] = await Promise.all([
          readPage({ first: 2, after: edge!.cursor }),
          readPage({ last: 2, before: edge!.cursor }),
        ]);
        expect(idsOn(next)).toEqual(all.slice(index + 1, index + 3));
        expect(idsOn(previous)).toEqual(all.slice(Math.max(0, index - 2), index));
      }
    });

    test('uses the cursors of the first and last item as those of the page', async () => {
      const { edges, pageInfo } = await readPage({ first: 3 });
      expect(pageInfo).toEqual({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: edges[0]!.cursor,
        endCursor: edges[2]!.cursor,
      });
    });

    test('has no cursors for an empty page', async () => {
      const { edges, pageInfo } = await readPage({ filter: { search: 'no such target group' } });
      expect(edges).toEqual([]);
      expect(pageInfo).toEqual({
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
      });
    });

    test('returns the same items as nodes and as edges', async () => {
      interface Both {
        targetGroups: { nodes: { id: string }[]; edges: { node: { id: string } }[] };
      }
      const query = `{ targetGroups(projectId: "${ids.largeProject}", first: 3) { nodes { id } edges { node { id } } } }`;
      const { targetGroups } = dataOf(await stack.execute<Both, unknown>(query));
      expect(targetGroups.nodes).toHaveLength(3);
      expect(targetGroups.nodes).toEqual(targetGroups.edges.map(({ node }) => node));
    });

    test('works the same way for projects', async () => {
      const names: (string | null | undefined)[] = [];
      let after: string | null = null;
      for (let more = true; more;) {
        const variables: ProjectsQueryVariables = { accountId: ids.account, first: 2, after };
        const { projects } = dataOf(await stack.execute(ProjectsDocument, variables));
        const { edges, pageInfo } = projects!;
        names.push(...edges.map((edge) => edge?.node?.name));
        ({ hasNextPage: more, endCursor: after } = pageInfo);
      }
      expect(new Set(names).size).toBe(5);
      expect(names).toHaveLength(5);
    });
  });

  describe('A page', () => {
    const cursor = demo.live.targetGroupId;
    const pages: { page: PageVariables; sent: string }[] = [
      { page: {}, sent: 'page_size=10' },
      { page: { first: 3 }, sent: 'page_size=3' },
      { page: { first: 100 }, sent: 'page_size=100' },
      { page: { first: null, after: null, last: null, before: null }, sent: 'page_size=10' },
      { page: { after: '', before: '' }, sent: 'page_size=10' },
      { page: { first: 5, after: '', last: null, before: '' }, sent: 'page_size=5' },
      { page: { first: 5, after: cursor, before: '' }, sent: `page_size=5&start_after=${cursor}` },
      { page: { after: cursor }, sent: `page_size=10&start_after=${cursor}` },
      { page: { first: 4, after: cursor }, sent: `page_size=4&start_after=${cursor}` },
      { page: { after: '', last: 4, before: cursor }, sent: `page_size=4&end_before=${cursor}` },
      { page: { last: 4, before: cursor }, sent: `page_size=4&end_before=${cursor}` },
      { page: { before: cursor }, sent: `page_size=10&end_before=${cursor}` },
    ];
    test.each(pages)('costs one call for no more items than needed: $sent', async ({ page, sent }) => {
      dataOf(await stack.execute(TargetGroupsDocument, { projectId: ids.project, ...page }));
      const path = `/demand/accounts/${demo.accountId}/projects/${demo.projectId}/target-groups`;
      expect(await stack.calls()).toEqual([`GET ${path}?${sent}`]);
    });

    const nonsense: { page: PageVariables; argument: string }[] = [
      { page: { first: 0 }, argument: '`first`' },
      { page: { first: -1 }, argument: '`first`' },
      { page: { first: 101 }, argument: '`first`' },
      { page: { last: 0, before: cursor }, argument: '`last`' },
      { page: { last: 101, before: cursor }, argument: '`last`' },
      { page: { last: 5 }, argument: '`before`' },
      { page: { first: 5, last: 5 }, argument: '`last`' },
      { page: { first: 5, before: cursor }, argument: '`before`' },
      { page: { last: 5, after: cursor }, argument: '`after`' },
      { page: { after: cursor, before: cursor }, argument: '`before`' },
      { page: { first: 5, after: cursor, last: 5, before: cursor }, argument: '`first`' },
      { page: { last: 5, before: '' }, argument: '`before`' },
      { page: { after: '\ud800' }, argument: '`after`' },
      { page: { before: 'x'.repeat(12_289) }, argument: '`before`' },
    ];
    test.each(nonsense)('cannot be requested with $page', async ({ page, argument }) => {
      const variables = { projectId: ids.project, ...page };
      expectBadUserInput(await stack.execute(TargetGroupsDocument, variables), argument);
      expectBadUserInput(
        await stack.execute(ProjectsDocument, { accountId: ids.account, ...page }),
        argument,
      );
      expect(await stack.calls()).toEqual([]);
    });

    test('cannot be requested with a cursor that the API does not know', async () => {
      const variables = { projectId: ids.project, after: 'nothing' };
      const { data, errors } = await stack.execute(TargetGroupsDocument, variables);
      expect(data).toEqual({ targetGroups: null });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', upstream: { status: 400 } } }]);
    });
  });
});
