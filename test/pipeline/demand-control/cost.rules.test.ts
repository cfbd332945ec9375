import fc from 'fast-check';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { applyCosts } from '../../../src/graphql/cost/cost.js';
import { createSchema } from '../../../src/graphql/schema.js';
import { CostEstimator } from '../../../src/operations/demand-control/cost-estimator.js';
import { randomOperation } from '../../lib/executor/random-documents.js';
import { Choices } from '../../lib/executor/random.js';
import { randomRuns } from '../../helpers/random-runs.js';
import { referenceCost } from './reference.js';

const connection = { assumedSize: 4, slicingArguments: ['first', 'last'], sizedFields: ['nodes', 'edges'] };
const schema = applyCosts(
  buildSchema(`
    type Query {
      item(id: ID, filter: Filter = { name: "default" }): Item
      page(first: Int, last: Int = 2, filter: Filter, filters: [Filter!] = [{}]): Page
      things(limit: Int = 3): [Thing]
      plain: [Item!]!
    }
    type Mutation { change(input: Filter!): Item }
    type Subscription { changed(first: Int): [Item] }
    input Filter { name: String = "name", inner: Filter, rest: [Rest!] = [{}] }
    input Rest { value: Int }
    interface Thing { id: ID, owner: Owner }
    type Item implements Thing { id: ID, name: String, owner: Owner, page(first: Int, last: Int): Page }
    type Owner implements Thing { id: ID, owner: Owner, items(limit: Int): [Item] }
    type Page { nodes: [Item], edges: [Edge], other: [Item] }
    type Edge { cursor: ID, node: Item }
  `),
  {
    Query: {
      item: { calls: 2 },
      page: { calls: 1, listSize: connection },
      things: { calls: 1, listSize: { assumedSize: 6, slicingArguments: ['limit'] } },
      plain: { listSize: { assumedSize: 5 } },
    },
    Mutation: { change: { calls: 1 } },
    Subscription: { changed: { calls: 1, listSize: { assumedSize: 4, slicingArguments: ['first'] } } },
    Item: { name: { calls: 1 }, owner: { shares: 'people' }, page: { calls: 1, listSize: connection } },
    Owner: { items: { calls: 1, listSize: { assumedSize: 3, maxSize: 50, slicingArguments: ['limit'] } } },
  },
);

function estimate(source: string, variables?: Readonly<Record<string, unknown>>, given = schema) {
  const document = parse(source);
  expect(validate(given, document)).toEqual([]);
  return new CostEstimator(given).estimate(document, getOperationAST(document)!, variables);
}

const costOf = (source: string, variables?: Readonly<Record<string, unknown>>) =>
  estimate(source, variables).cost;

/** Of 1 field with 2 arguments' default input objects, a page, and `nodes`. */
const PAGE = 10 + 2 + 1 + 1;

describe('What counts', () => {
  test.each<[string, number]>([
    ['{ __typename }', 0],
    // Two calls; the input object by default, with the one in it; the item.
    ['{ item { id } }', 20 + 2 + 1],
    ['{ item(filter: null) { id } }', 20 + 1],
    ['{ item(filter: { inner: { rest: [] }, rest: [{}, {}] }) { id } }', 20 + 4 + 1],
    ['{ item(filter: null) { id id a: id name b: name __typename } }', 20 + 1 + 2 * 10],
    ['{ plain { id } }', 1 + 5],
    ['{ plain { owner { id } } }', 1 + 5 * (1 + 1 + 1)],
    // The most expensive of the possible types counts.
    ['{ things { id ... on Item { name } ... on Owner { id } } }', 10 + 3 * (1 + 10)],
    ['mutation { change(input: {}) { id } }', 10 + 2 + 1],
    ['subscription { changed(first: 3) { id } }', 10 + 3],
    ['{ __schema { types { name } } }', 1 + 1 + 1 + 1],
  ])('%s costs %d', (source, cost) => {
    expect(costOf(source)).toBe(cost);
  });

  test('a call that the operation makes once is an upstream call, whatever its parents', () => {
    expect(estimate('{ plain { owner { id } } }').upstreamCalls).toBe(1);
    expect(estimate('{ plain { name owner { id } } item { owner { id } } }').upstreamCalls).toBe(5 + 2 + 1);
  });
});

describe('The size of a list is that of', () => {
  test.each<[string, string, Readonly<Record<string, unknown>> | undefined, number]>([
    ['a literal', '{ page(first: 7) { nodes { id } } }', undefined, 7],
    ['the largest literal', '{ page(first: 7, last: 8) { nodes { id } } }', undefined, 8],
    ["the argument's default", '{ page { nodes { id } } }', undefined, 2],
    ['its assumed size for null', '{ page(last: null) { nodes { id } } }', undefined, 4],
    ['nothing for a negative one', '{ page(first: -1, last: null) { nodes { id } } }', undefined, 0],
    ['a variable', 'query ($n: Int) { page(first: $n) { nodes { id } } }', { n: 9 }, 9],
    ['a variable that is 0', 'query ($n: Int) { page(first: $n, last: null) { nodes { id } } }', { n: 0 }, 0],
    [
      'a variable beside a literal',
      'query ($n: Int) { page(first: $n, last: 3) { nodes { id } } }',
      { n: 1 },
      3,
    ],
    ['the default of a variable', 'query ($n: Int = 6) { page(first: $n) { nodes { id } } }', {}, 6],
    ['a variable with a default', 'query ($n: Int = 6) { page(first: $n) { nodes { id } } }', { n: 5 }, 5],
    ['a null variable', 'query ($n: Int = 6) { page(last: $n) { nodes { id } } }', { n: null }, 4],
    ['a null default', 'query ($n: Int = null) { page(last: $n) { nodes { id } } }', {}, 4],
    ['the default of an argument', 'query ($n: Int) { page(last: $n) { nodes { id } } }', {}, 2],
    [
      'no inherited property',
      'query ($constructor: Int = 6) { page(first: $constructor) { nodes { id } } }',
      {},
      6,
    ],
  ])('%s', (_name, source, variables, size) => {
    expect(costOf(source, variables)).toBe(PAGE + size);
  });

  test('each level times the next, and only the sized fields of a page', () => {
    const nested = (n: string) => `{ page(first: ${n}) { nodes { page(first: ${n}) { nodes { id } } } } }`;
    const cost = PAGE + 20 * (1 + 10 + 1 + 1 + 20);
    expect(costOf(nested('20'))).toBe(cost);
    expect(costOf(`query ($n: Int) ${nested('$n')}`, { n: 20 })).toBe(cost);
    expect(costOf('{ page(first: 50) { other { id } } }')).toBe(PAGE + 1);
    expect(costOf('{ page(first: 50) { edges { node { id } } } }')).toBe(PAGE + 50 * (1 + 1 + 1));
  });

  test('no larger than the field allows, since it makes no call for more', () => {
    const items = (limit: string) => `{ item(filter: null) { owner { items(limit: ${limit}) { id } } } }`;
    expect(costOf(items('1000'))).toBe(costOf(items('50')));
    expect(costOf(`query ($n: Int) ${items('$n')}`, { n: 1000 })).toBe(costOf(items('50')));
    expect(costOf(items('50'))).toBe(costOf(items('49')) + 1);
  });

  test('stays a number, however large', () => {
    const source = (depth: number, inner: string): string =>
      depth === 0
        ? inner
        : `page(first: $n, last: 2147483647) { nodes { id ${source(depth - 1, inner)} } edges { cursor } }`;
    const sizes = `query ($n: Int, $zero: Int) { ${source(40, 'owner { items(limit: $zero) { name } }')} }`;
    expect(costOf(sizes, { n: 1e300, zero: 0 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(costOf(sizes, { n: Infinity, zero: 0 })).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('Items that are read by themselves', () => {
  const graph = applyCosts(
    buildSchema(`
      scalar Any
      type Query { entities(of: [Any!]!): [Entity]! }
      union Entity = Plain | Owned
      type Plain { id: ID }
      type Owned { owner: Plain, items(first: Int): [Owned] }
    `),
    {
      Query: { entities: { callsPerItem: 2, listSize: { assumedSize: 1, slicingArguments: ['of'] } } },
      Owned: {
        owner: { shares: 'people' },
        items: { calls: 1, listSize: { assumedSize: 4, slicingArguments: ['first'] } },
      },
    },
  );
  const costs = (selection: string, count: number) =>
    estimate(
      `query ($of: [Any!]!) { entities(of: $of) { ${selection} } }`,
      { of: Array.from({ length: count }, () => ({ id: '1' })) },
      graph,
    );

  test('count as often as they are asked for, in variables and in the document', () => {
    expect(costs('... on Plain { id }', 3)).toEqual({ cost: 1 + 3 * (20 + 1), upstreamCalls: 3 * 2 });
    expect(costs('... on Plain { id }', 0)).toEqual({ cost: 1, upstreamCalls: 0 });
    const written = '{ entities(of: [{ id: 1 }, { id: 2 }]) { ... on Plain { id } } }';
    expect(estimate(written, {}, graph).upstreamCalls).toBe(4);
    const mixed = 'query ($one: Any!) { entities(of: [$one, { id: 2 }, $one]) { ... on Plain { id } } }';
    expect(estimate(mixed, { one: { id: '1' } }, graph).upstreamCalls).toBe(6);
    const single = 'query ($of: [Any!]!) { entities(of: $of) { ... on Plain { id } } }';
    expect(estimate(single, { of: { id: '1' } }, graph).upstreamCalls).toBe(2);
  });

  test('share no calls with each other, but within themselves', () => {
    expect(costs('... on Owned { owner { id } }', 3)).toEqual({
      cost: 1 + 3 * (20 + 1 + 1 + 1 + 10),
      upstreamCalls: 3 * (2 + 1),
    });
    const { upstreamCalls } = costs('... on Owned { owner { id } items(first: 5) { owner { id } } }', 3);
    expect(upstreamCalls).toBe(3 * (2 + 1 + 1));
  });
});

describe('Conditions and fragments', () => {
  const conditional = `query ($yes: Boolean = false, $no: Boolean!) {
    plain { id ...F @include(if: $yes) ... @skip(if: $no) { owner { id } } }
  } fragment F on Item { name owner { owner { id } } }`;
  const base = 1 + 5;
  test.each<[Readonly<Record<string, boolean>>, number]>([
    [{ no: true }, base],
    [{ no: false }, base + 5 * 2],
    [{ yes: true, no: true }, base + 5 * (10 + 2 + 2)],
    [{ yes: true, no: false }, base + 5 * (10 + 2 + 2)],
  ])('with %j', (variables, cost) => {
    expect(costOf(conditional, variables)).toBe(cost);
  });

  test.each([
    '{ plain { ...F ...F } } fragment F on Item { name }',
    '{ ...Q plain { name } } fragment Q on Query { plain { ... on Thing { ... on Item { name } } } }',
    '{ plain { name @include(if: true) } plain { owner @skip(if: true) { id } } }',
    'query ($yes: Boolean = true) { plain { ...F @include(if: $yes) ...F } } fragment F on Item { name }',
  ])('merge what is selected more than once: %s', (source) => {
    expect(costOf(source)).toBe(1 + 5 * (1 + 10));
  });
});

describe('The estimate of a random operation', () => {
  const graph = createSchema();
  test.each([
    ['a small schema', schema],
    ['the graph', graph],
  ])('over %s is that of the reference', (_name, given) => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 120 }), (choices) => {
        const random = randomOperation(given, new Choices(choices));
        const source = smallSizes(random.source);
        const variables = JSON.parse(smallSizes(JSON.stringify(random.variableValues))) as Record<
          string,
          unknown
        >;
        const document = parse(source);
        if (validate(given, document).length > 0) return;
        const expected = referenceCost(given, document, variables);
        if (expected === undefined) return;
        const operation = getOperationAST(document)!;
        const { cost, upstreamCalls } = new CostEstimator(given).estimate(document, operation, variables);
        expect({ cost, upstreamCalls }).toEqual(expected);
        compared += expected.cost > 0 ? 1 : 0;
      }),
      { numRuns: randomRuns(600, 200) },
    );
    expect(compared).toBeGreaterThan(50);
  });
});

/** The random numbers of `random-inputs.ts` are for another purpose. */
function smallSizes(text: string): string {
  return text.replace(/-2147483648\b/g, '4').replace(/\b2147483647\b/g, '7');
}
