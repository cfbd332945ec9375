import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isObjectType,
  parse,
  print,
} from 'graphql';
import { demo } from '../../src/emulator/index.js';
import { applyCosts, costOf } from '../../src/graphql/cost/cost.js';
import { printedSchema } from '../../src/graphql/printed-schema.js';
import { createSchema } from '../../src/graphql/schema.js';
import { PauseTargetGroupsDocument } from '../generated/documents.js';
import { demoPaths } from '../helpers/emulator.js';
import { dataOf, ids, useStack } from './stack.js';

describe('The calls of an operation', () => {
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
});

describe('The table of costs', () => {
  const schema = createSchema();
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field }))
        : [],
    );

  test('every field that may make a call has a cost', () => {
    // Fields without a resolver are read from the parent.
    const free = fields.filter(({ field }) => {
      const { calls, shares } = costOf(field);
      return field.resolve !== undefined && calls === undefined && shares === undefined;
    });
    expect(free.map(({ name }) => name).sort()).toEqual([
      // The list of accounts has been read for the account itself, or counts for `Project.account`.
      'Account.name',
      'BatchJob.pollAfterSeconds',
      'DraftLaunchJob.pollAfterSeconds',
      'FieldingRun.availableActions',
    ]);
  });

  test('no field that is read from its parent costs a call', () => {
    const subscriptions = Object.keys(schema.getSubscriptionType()!.getFields());
    const paid = fields.filter(({ field }) => field.resolve === undefined && (costOf(field).calls ?? 0) > 0);
    expect(paid.map(({ field }) => field.name).filter((name) => !subscriptions.includes(name))).toEqual([]);
  });

  test('every list of objects has a size, of its own or of its connection', () => {
    const sized = new Set(
      fields.flatMap(({ field }) =>
        (costOf(field).listSize?.sizedFields ?? []).map(
          (name) => `${String(getNamedType(field.type))}.${name}`,
        ),
      ),
    );
    const unsized = fields.filter(
      ({ name, field }) =>
        isListType(getNullableType(field.type)) &&
        isCompositeType(getNamedType(field.type)) &&
        costOf(field).listSize === undefined &&
        !sized.has(name),
    );
    expect(unsized.map(({ name }) => name)).toEqual([]);
  });

  test('sizes are those of arguments that exist, and of lists that exist', () => {
    for (const { field } of fields) {
      const { slicingArguments = [], sizedFields = [] } = costOf(field).listSize ?? {};
      expect(field.args.map(({ name }) => name)).toEqual(expect.arrayContaining([...slicingArguments]));
      const type = getNamedType(field.type);
      const inner = isObjectType(type) ? type.getFields() : {};
      for (const name of sizedFields) expect(isListType(getNullableType(inner[name]!.type))).toBe(true);
    }
  });

  test('a table that names a field that does not exist is rejected', () => {
    expect(() => applyCosts(schema, { Query: { nothing: { calls: 1 } } })).toThrow('Query.nothing');
    expect(() => applyCosts(schema, { Nothing: { id: { calls: 1 } } })).toThrow('Nothing.id');
  });

  test('the printed schema has costs as directives, and is otherwise what graphql-js prints', () => {
    const printed = printedSchema(schema);
    expect(() => parse(printed)).not.toThrow();
    expect(printed).toContain('  accounts: [Account] @cost(weight: "10") @listSize(assumedSize: 20)\n');
    expect(printed).toMatch(
      /\): TargetGroupConnection @cost\(weight: "10"\) @listSize\(assumedSize: 10, slicingArguments: \["first", "last"\], sizedFields: \["nodes", "edges"\], requireOneSlicingArgument: false\)\n/,
    );
    expect(print(parse(printed)).match(/@cost\(/g)?.length).toBe(
      fields.filter(({ field }) => (costOf(field).calls ?? 0) > 0).length + 1,
    );
  });
});
