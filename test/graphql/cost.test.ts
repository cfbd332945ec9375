import { demo } from '../../src/emulator/index.js';
import { PauseTargetGroupsDocument } from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, ids, useStack } from './stack.js';

/** The number of REST calls for a selection. The cost of single queries is tested along with them. */
const stack = useStack();
const list = (size: number): string => `GET ${demoPaths.project}/target-groups?page_size=${size}`;
const runPath = demoPaths.run(demo.live);

async function callsOf(query: string, variables?: Readonly<Record<string, unknown>>): Promise<string[]> {
  await stack.forgetCalls();
  dataOf(await stack.execute(query, variables));
  return await stack.calls();
}

describe('The fielding runs of a list', () => {
  const fragment = 'fragment Run on TargetGroup { fieldingRun { id status } }';
  // The variables are also used on the root field, because an unused variable is invalid.
  const query = (fields: string, first: number) => `query ($yes: Boolean = true, $no: Boolean = false) {
    targetGroups(projectId: "${ids.project}", first: ${first}) @include(if: $yes) @skip(if: $no) {
      nodes { ${fields} }
    }
  } ${fields.includes('...Run') ? fragment : ''}`;

  test.each([1, 3, 24])('cost one call for each of %d target groups', async (first) => {
    const [page, ...others] = await callsOf(query('name fieldingRun { id version } ...Run', first));
    expect(page).toBe(list(first));
    expect(others).toHaveLength(first);
    expect(new Set(others).size).toBe(first);
    expect(others.every((call) => call.endsWith('/fielding-runs'))).toBe(true);
  });

  test.each([
    { fields: 'id name', cost: 0 },
    { fields: 'id ...Run @skip(if: $yes)', cost: 0 },
    { fields: 'id ...Run @include(if: $no)', cost: 0 },
    { fields: 'id fieldingRun @include(if: $no) { status }', cost: 0 },
    { fields: 'id fieldingRun @include(if: $yes) { status }', cost: 3 },
    { fields: '... on Node { id } ... on TargetGroup @skip(if: $no) { ...Run }', cost: 3 },
  ])('cost $cost calls for { $fields }', async ({ fields, cost }) => {
    expect(await callsOf(query(fields, 3))).toHaveLength(1 + cost);
  });
});

describe('Equal reads', () => {
  test('are made once per operation, whatever their aliases', async () => {
    const run = `fieldingRun(id: "${ids.run(demo.live)}")`;
    const calls = await callsOf(`{ a: ${run} { id status } b: ${run} { version } c: ${run} { endAt } }`);
    expect(calls).toEqual([`GET ${runPath}`]);
  });

  test('are made once for relations that lead to the same object', async () => {
    const calls = await callsOf(`{
      targetGroups(projectId: "${ids.project}", first: 5) { nodes { project { name account { name } } } }
    }`);
    expect(calls.sort()).toEqual(['GET /accounts', `GET ${demoPaths.project}`, list(5)].sort());
  });

  test('are made once for equal pages', async () => {
    const page = (size: number) =>
      `targetGroups(projectId: "${ids.project}", first: ${size}) { nodes { id } }`;
    const calls = await callsOf(`{ a: ${page(2)} b: ${page(2)} c: ${page(3)} }`);
    expect(calls.sort()).toEqual([list(2), list(3)]);
  });

  test('are made again in the next operation, so that callers share nothing', async () => {
    const query = `{ fieldingRun(id: "${ids.run(demo.live)}") { status } }`;
    expect([...(await callsOf(query)), ...(await callsOf(query))]).toEqual([
      `GET ${runPath}`,
      `GET ${runPath}`,
    ]);
  });
});

describe('Relations', () => {
  test('cost nothing if only ids are needed', async () => {
    const calls = await callsOf(`{
      fieldingRun(id: "${ids.run(demo.live)}") {
        targetGroup { __typename id targetGroupId project { id projectId account { id accountId } } }
      }
    }`);
    expect(calls).toEqual([`GET ${runPath}`]);
  });

  test('cost only the calls that the selection needs', async () => {
    const calls = await callsOf(`{
      fieldingRun(id: "${ids.run(demo.live)}") { targetGroup { name createdAt project { name status } } }
    }`);
    expect(calls).toEqual([
      `GET ${runPath}`,
      `GET ${demoPaths.targetGroup(demo.live)}/overview`,
      `GET ${demoPaths.project}/overview`,
    ]);
  });

  test('of a batch job cost only the calls that the selection needs', async () => {
    const input = { targetGroupIds: [ids.targetGroup(demo.paused)] };
    const { pauseTargetGroups } = dataOf(await stack.execute(PauseTargetGroupsDocument, { input }));
    const { id, jobId } = pauseTargetGroups!.batchJob!;
    const job = `GET ${demoPaths.batchJobs('pause')}/${jobId}`;

    expect(await callsOf(`{ batchJob(id: "${id}") { project { id account { id } } } }`)).toEqual([job]);
    expect(await callsOf(`{ batchJob(id: "${id}") { project { name } } }`)).toEqual([
      job,
      `GET ${demoPaths.project}`,
    ]);
  });
});

test('one operation can select fields of the whole graph', async () => {
  const calls = await callsOf(`{
    accounts { id }
    project(id: "${ids.project}") { targetGroups(first: 2, filter: { status: [LIVE] }) { nodes { id } } }
  }`);
  expect(calls.sort()).toEqual(
    ['GET /accounts', `GET ${demoPaths.project}`, `${list(2)}&status=live`].sort(),
  );
});
