/** What a target group has done so far: its performance, its completes over time and its changelog. */
import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import {
  ChangelogDocument,
  type ChangelogQuery,
  type ChangelogQueryVariables,
  CompletesOverTimeDocument,
  PauseFieldingRunDocument,
  ResumeFieldingRunDocument,
  TargetGroupPerformanceDocument,
} from '../generated/documents.js';
import { demoPaths, readApi } from '../helpers/emulator.js';
import { dataOf, errorOf, expectBadUserInput, ids, UNKNOWN_ID, useStack } from './stack.js';

const stack = useStack();
const live = demoPaths.targetGroup(demo.live);
const id = ids.targetGroup(demo.live);

describe('performance', () => {
  test('returns the fielding figures of the API', async () => {
    const body = await readApi<rest.TargetGroupPerformance>(stack.emulator, `${live}/performance`);
    await stack.forgetCalls();

    const { targetGroup } = dataOf(await stack.execute(TargetGroupPerformanceDocument, { id }));
    expect(targetGroup).toEqual({
      id,
      performance: {
        entrants: body.entrants,
        prescreens: body.prescreens,
        completes: body.completes,
        completesCost: { amount: expect.stringMatching(/^\d+\.\d+$/), currency: 'USD' },
        firstCompleteAt: body.first_complete,
        lastCompleteAt: body.last_complete,
        incidenceRate: body.incidence_rate,
        dropOffRate: body.drop_off_rate,
        conversionRate: body.conversion_rate,
        respondentAnalysis: { live: body.respondent_analysis?.live, test: [] },
      },
    });
    expect(body.completes).toBeGreaterThan(0);
    expect(body.respondent_analysis?.live).toHaveLength(3);
    // The overview says whether the target group exists.
    expect(await stack.calls()).toEqual([`GET ${live}/overview`, `GET ${live}/performance`]);
  });

  test('is null for a draft, and an unknown target group is null itself', async () => {
    const draft = ids.targetGroup(demo.draft);
    expect(dataOf(await stack.execute(TargetGroupPerformanceDocument, { id: draft }))).toEqual({
      targetGroup: { id: draft, performance: null },
    });
    const unknown = { id: `${ids.project}/${UNKNOWN_ID}` };
    expect(dataOf(await stack.execute(TargetGroupPerformanceDocument, unknown))).toEqual({
      targetGroup: null,
    });
  });

  test('fails without affecting other fields', async () => {
    await stack.emulator.control.faults.add({ path: '/performance$', status: 403 });
    const result = await stack.execute<{ targetGroup: object }, object>(
      `{ targetGroup(id: "${id}") { name performance { completes } } }`,
    );
    expect(result.data?.targetGroup).toEqual({ name: expect.any(String), performance: null });
    expect(errorOf(result)).toMatchObject({
      path: ['targetGroup', 'performance'],
      extensions: { code: 'FORBIDDEN' },
    });
  });
});

describe('completesOverTime', () => {
  test.each(['P1D', 'PT12H', 'P1DT5H', 'P1W'])('returns points every %s, oldest first', async (interval) => {
    const path = `${live}/completes-aggregated-by-interval?aggregation_interval=${interval}`;
    const { aggregated_completes_intervals: body } = await readApi<rest.CompletesByInterval>(
      stack.emulator,
      path,
    );
    await stack.forgetCalls();

    const { targetGroup } = dataOf(await stack.execute(CompletesOverTimeDocument, { id, interval }));
    const points = targetGroup?.completesOverTime;
    expect(points).toEqual(body.map(({ timestamp, count }) => ({ at: timestamp, completes: count })));
    expect(points?.length).toBeGreaterThan(0);
    expect(await stack.calls()).toEqual([`GET ${live}/overview`, `GET ${path}`]);
  });

  test('is null for a draft', async () => {
    const draft = ids.targetGroup(demo.draft);
    expect(
      dataOf(await stack.execute(CompletesOverTimeDocument, { id: draft, interval: 'P1D' })).targetGroup,
    ).toEqual({ id: draft, completesOverTime: null });
  });

  const noDurations = ['', 'P', 'PT', 'day', '1D', 'P1', 'P1H', 'P1DT', 'p1d', ' P1D', 'P1D ', 'P1D\n'];
  const noLengths = ['P0D', 'PT0S', 'P0DT0.0S', '-P1D', '+P1D', 'P-1D', 'P1.5DT1H', `P${'1'.repeat(80)}D`];
  test.each([...noDurations, ...noLengths])(
    'rejects %j in a variable and in the document, before any call',
    async (interval) => {
      expectBadUserInput(await stack.execute(CompletesOverTimeDocument, { id, interval }), 'interval');
      const points = `completesOverTime(interval: ${JSON.stringify(interval)}) { at }`;
      expectBadUserInput(await stack.execute(`{ targetGroup(id: "${id}") { ${points} } }`), '`interval`');
      expect(await stack.calls()).toEqual([]);
    },
  );

  test.each(['1', 'true', 'P1D'])('rejects the literal %s', async (literal) => {
    const points = `completesOverTime(interval: ${literal}) { at }`;
    expectBadUserInput(await stack.execute(`{ targetGroup(id: "${id}") { ${points} } }`), '`interval`');
    expect(await stack.calls()).toEqual([]);
  });

  test('passes on a decimal comma as a point', async () => {
    const result = await stack.execute(CompletesOverTimeDocument, { id, interval: 'PT43200,5S' });
    expect(dataOf(result).targetGroup?.completesOverTime?.length).toBeGreaterThan(0);
    expect((await stack.calls()).at(-1)).toMatch(/aggregation_interval=PT43200.5S$/);
  });

  test.each(['PT0.5H', 'P0.5D', 'PT12,5H', 'P1DT0.5H', 'P0.1Y', 'P0.5M', 'P0.5W', 'PT90.5M'])(
    'takes the fraction in %s',
    async (interval) => {
      const result = await stack.execute(CompletesOverTimeDocument, { id, interval });
      expect(dataOf(result).targetGroup?.completesOverTime?.length).toBeGreaterThan(0);
    },
  );

  test('fails without affecting other fields if the API rejects an interval', async () => {
    const result = await stack.execute(CompletesOverTimeDocument, { id, interval: 'PT1S' });
    expect(result.data).toEqual({ targetGroup: { id, completesOverTime: null } });
    expect(errorOf(result)).toMatchObject({
      message: expect.stringMatching(/^`interval` must be longer: [^(]*$/),
      path: ['targetGroup', 'completesOverTime'],
      extensions: { retryable: false },
    });
  });
});

test('each costs one call per target group, if selected', async () => {
  const execute = async (fields: string) => {
    await stack.forgetCalls();
    dataOf(
      await stack.execute(`query ($no: Boolean = false) {
        targetGroups(projectId: "${ids.project}", first: 3, filter: { status: LIVE }) {
          nodes { id ${fields} }
          edges @include(if: $no) { cursor }
        }
      }`),
    );
    return (await stack.calls()).slice(1).map((call) => call.replace(/^.*\//, ''));
  };
  const interval = 'completes-aggregated-by-interval?aggregation_interval=';
  const three = (name: string) => [name, name, name];
  expect(await execute('')).toEqual([]);
  expect(await execute('performance @include(if: $no) { completes }')).toEqual([]);
  expect(await execute('performance { completes } p: performance { entrants }')).toEqual(
    three('performance'),
  );
  expect(
    (
      await execute(
        'c: completesOverTime(interval: "P1D") { at } d: completesOverTime(interval: "P2D") { at } completesOverTime(interval: "P1D") { completes }',
      )
    ).sort(),
  ).toEqual([...three(`${interval}P1D`), ...three(`${interval}P2D`)]);
  expect(await execute('changelog(first: 1) { nodes { occurredAt } }')).toEqual(
    three('changelog?page_size=1'),
  );
});

test('cost no other calls for a target group that has been read', async () => {
  dataOf(
    await stack.execute(`{
      fieldingRun(id: "${ids.run(demo.live)}") {
        targetGroup {
          performance { completes }
          completesOverTime(interval: "P1D") { completes }
          changelog(first: 1) { nodes { occurredAt } }
        }
      }
    }`),
  );
  const [run, ...others] = await stack.calls();
  expect(run).toBe(`GET ${demoPaths.run(demo.live)}`);
  expect(others.sort()).toEqual(
    ['changelog?page_size=1', 'completes-aggregated-by-interval?aggregation_interval=P1D', 'performance'].map(
      (read) => `GET ${live}/${read}`,
    ),
  );
});

describe('changelog', () => {
  const id = ids.targetGroup(demo.live);
  const path = `${demoPaths.targetGroup(demo.live)}/changelog`;

  type Page = NonNullable<NonNullable<ChangelogQuery['targetGroup']>['changelog']>;

  async function readPage(variables: Partial<ChangelogQueryVariables> = {}): Promise<Page> {
    return dataOf(await stack.execute(ChangelogDocument, { id, ...variables })).targetGroup!.changelog!;
  }

  /** All entries, newest first, after some changes were made; read directly from the REST API. */
  async function someHistory(): Promise<readonly rest.TargetGroupChangelogEntry[]> {
    for (const version of [5, 7, 9]) {
      const input = { id: ids.run(demo.live), version: String(version) };
      dataOf(await stack.execute(PauseFieldingRunDocument, { input }));
      dataOf(
        await stack.execute(ResumeFieldingRunDocument, { input: { ...input, version: String(version + 1) } }),
      );
    }
    const { changelog = [] } = await readApi<rest.TargetGroupChangelog>(stack.emulator, path);
    await stack.forgetCalls();
    return changelog;
  }

  test('shows the author of each change, newest first', async () => {
    const [last] = await someHistory();
    const { nodes } = await readPage();
    expect(nodes[0]).toEqual({
      entryId: last!.id,
      occurredAt: last!.occurred_at,
      actor: {
        kind: 'PERSON',
        userId: expect.stringMatching(/^[\da-f-]{36}$/),
        user: { id: nodes[0]?.actor?.userId, name: expect.any(String), email: expect.any(String) },
      },
      changes: [
        {
          kind: 'status_change',
          oldValue: 'paused',
          newValue: 'live',
          valueKind: 'TEXT',
          reasonCode: null,
          supplierId: null,
        },
      ],
    });
    const changes = nodes.flatMap((entry) => entry?.changes ?? []);
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'filling_goal_change', valueKind: 'NUMBER' }),
    );
    expect(changes).toContainEqual(
      expect.objectContaining({
        kind: 'cpi_change',
        newValue: expect.stringMatching(/^\d+\.\d\d USD$/),
        valueKind: 'MONEY',
      }),
    );
    expect(await stack.calls()).toEqual([
      `GET ${demoPaths.targetGroup(demo.live)}/overview`,
      `GET ${path}?page_size=10`,
      `GET /accounts/${demo.accountId}/users`,
    ]);
  });

  test('shows changes by the system, with reasons', async () => {
    const { targetGroup } = dataOf(
      await stack.execute(ChangelogDocument, { id: ids.targetGroup(demo.completedPastEnd) }),
    );
    expect(targetGroup?.changelog?.nodes[0]).toMatchObject({
      actor: { kind: 'SYSTEM', userId: null },
      changes: [{ kind: 'status_change', newValue: 'completed', reasonCode: expect.stringMatching(/_/) }],
    });
  });

  test('shows the changes of a draft', async () => {
    const { targetGroup } = dataOf(
      await stack.execute(ChangelogDocument, { id: ids.targetGroup(demo.draft) }),
    );
    expect(targetGroup?.changelog?.nodes.length).toBeGreaterThan(0);
  });

  test.each([1, 2, 3, 50])('a walk by %d returns every entry once and ends', async (first) => {
    const all = await someHistory();
    expect(all.length).toBeGreaterThan(6);

    const seen: (string | null | undefined)[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const { nodes, pageInfo }: Page = await readPage({ first, after });
      seen.push(...nodes.map((entry) => entry?.entryId));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      ({ hasNextPage: more, endCursor: after } = pageInfo);
      expect(seen.length).toBeLessThanOrEqual(all.length);
    }
    expect(seen).toEqual(all.map((entry) => entry.id));
  });

  test('every cursor works as `after`', async () => {
    const all = await someHistory();
    const { edges, pageInfo } = await readPage({ first: 4 });
    expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges[3]?.cursor]);
    for (const [index, edge] of edges.entries()) {
      const { nodes } = await readPage({ first: 2, after: edge!.cursor });
      expect(nodes.map((entry) => entry?.entryId)).toEqual(
        all.slice(index + 1, index + 3).map((entry) => entry.id),
      );
    }
  });

  test.each([0, -1, 51, 100, 1000])('rejects a page of %d entries before any call', async (first) => {
    expectBadUserInput(
      await stack.execute(ChangelogDocument, { id, first }),
      '`first` must be between 1 and 50',
    );
    expect((await stack.calls()).filter((call) => call.includes('changelog'))).toEqual([]);
  });

  test('cannot be read backward', async () => {
    const result = await stack.execute(
      `{ targetGroup(id: "${id}") { changelog(last: 1, before: "x") { nodes { occurredAt } } } }`,
    );
    expect(result.errors.map(({ message }) => message).join()).toContain('Unknown argument "last"');
  });

  test('rejects an invalid cursor, without affecting other fields', async () => {
    const result = await stack.execute(ChangelogDocument, { id, after: '\ud800' });
    expect(result.data).toEqual({ targetGroup: { id, changelog: null } });
    expectBadUserInput(result, '`after`');
  });
});
