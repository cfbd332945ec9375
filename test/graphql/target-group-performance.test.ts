import type * as rest from '../../src/contract/demand-api.js';
import { demo } from '../../src/emulator/index.js';
import { CompletesOverTimeDocument, TargetGroupPerformanceDocument } from '../generated/documents.js';
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

  test('fails without affecting other fields if the API rejects an interval', async () => {
    const result = await stack.execute(CompletesOverTimeDocument, { id, interval: 'PT1S' });
    expect(result.data).toEqual({ targetGroup: { id, completesOverTime: null } });
    expect(errorOf(result)).toMatchObject({
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
