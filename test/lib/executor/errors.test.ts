import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, GraphQLError } from 'graphql';
import { expectSameResult, messages } from './expect-same-result.js';
import { serialized, serializedRegardlessOfRaces } from './serialize.js';
import { withoutStackTraces } from './without-stack-traces.js';

/** Each of two promises that race settles after any number of turns below this. */
const RACING_TURNS = process.env['CI'] === 'true' ? 12 : 7;

const schema = buildSchema(`
  type Item {
    text: String, must: String!, other: String, item: Item, mustItem: Item!, items: [Item], mustItems: [Item!], allItems: [Item!]!
  }
  type Query { item: Item, mustItem: Item!, items: [Item!], text: String }
  type Mutation { first: Item, second: Item!, third: String }
`);
for (const root of [schema.getQueryType()!, schema.getMutationType()!]) {
  for (const [name, field] of Object.entries(root.getFields())) {
    field.resolve = (_source, _args, context: Record<string, () => unknown>) => context[name]?.();
  }
}

const fails = (message: string) => (): never => {
  throw new Error(message);
};

/** Promises that settle after a number of turns, of which `turn` is one. */
function delays(turn: () => Promise<unknown>) {
  const after = async <T>(turns: number, value: T): Promise<T> => {
    for (let left = turns; left > 0; left -= 1) await turn();
    return value;
  };
  const rejects = (message: string, turns = 0): Promise<never> => {
    const rejected = after(turns, undefined).then(fails(message));
    // Some are never awaited.
    rejected.catch(() => undefined);
    return rejected;
  };
  return { after, rejects };
}

const microtasks = delays(() => Promise.resolve());
const { after, rejects } = microtasks;
/** Each turn is an event-loop task, so two errors never race. */
const tasks = delays(() => setImmediate());

describe('a null in a non-nullable field propagates to the nearest nullable parent', () => {
  test.each<[string, string, Record<string, () => unknown>]>([
    ['synchronously', '{ item { text must } text }', { item: () => ({ must: null }), text: () => 'text' }],
    ['from a promise', '{ item { text must } text }', { item: () => ({ must: after(2, null) }) }],
    [
      'through objects',
      '{ item { mustItem { mustItem { must } } } }',
      { item: () => ({ mustItem: { mustItem: {} } }) },
    ],
    [
      'through lists',
      '{ items { must } text }',
      { items: () => [{ must: 'a' }, { must: null }, { must: 'c' }] },
    ],
    [
      'through promises of lists',
      '{ items { must } text }',
      { items: async () => [after(3, { must: after(1, null) }), {}] },
    ],
    ['to a list item', '{ item { items { must } } }', { item: () => ({ items: [{ must: 'a' }, {}] }) }],
    ['to data', '{ mustItem { must } text }', { mustItem: () => ({}), text: () => 'text' }],
    [
      'to data, from a promise',
      '{ mustItem { must } text }',
      { mustItem: () => after(2, {}), text: () => 'text' },
    ],
    [
      'to data, while another field is pending',
      '{ text mustItem { must } }',
      { text: () => after(5, 'text'), mustItem: () => null },
    ],
    [
      'in a mutation',
      'mutation { first { text } second { must } third }',
      { second: () => ({}), third: fails('Not executed') },
    ],
    [
      'in a mutation, from a promise',
      'mutation { first { text } second { must } third }',
      { first: () => after(3, {}), second: () => after(3, {}), third: fails('Not executed') },
    ],
  ])('%s', async (_what, source, given) => {
    expect(messages(await expectSameResult(schema, source, { context: () => given }))).toEqual([
      expect.stringMatching(/^Cannot return null for non-nullable field (Item|Query)\.\w+\.$/),
    ]);
  });
});

describe('two errors', () => {
  type Delays = typeof microtasks;
  type Fields = Record<string, () => unknown>;

  const cases: readonly [string, string, (delays: Delays, one: number, other: number) => Fields][] = [
    [
      'in siblings',
      '{ item { text other } }',
      ({ rejects }, one, other) => ({
        item: () => ({ text: rejects('one', one), other: rejects('other', other) }),
      }),
    ],
    [
      'in siblings of which one is not nullable',
      '{ item { text must } }',
      ({ rejects }, one, other) => ({
        item: () => ({ text: rejects('one', one), must: rejects('other', other) }),
      }),
    ],
    [
      'at different depths',
      '{ item { text mustItem { must } } }',
      ({ after, rejects }, one, other) => ({
        item: () =>
          after(1, { text: rejects('one', one), mustItem: after(2, { must: rejects('other', other) }) }),
      }),
    ],
    [
      'in two non-nullable fields of an item, while its parent is pending',
      '{ item { items { must mustItem { must } } text } text }',
      ({ after, rejects }, one, other) => ({
        item: () => ({
          items: [{ must: rejects('one', one), mustItem: after(other, { must: rejects('other', other) }) }],
          text: after(20, 'text'),
        }),
        text: () => after(25, 'text'),
      }),
    ],
    [
      'in list items',
      '{ items { must text } }',
      ({ after, rejects }, one, other) => ({
        items: () => [
          { must: rejects('one', one) },
          after(other, { text: rejects('other', 1), must: 'text' }),
        ],
      }),
    ],
    [
      'before an object fails because of a synchronous error',
      '{ item { item { text } other must } }',
      ({ after, rejects }, one, other) => ({
        item: () => ({
          item: after(one, { text: rejects('one', other) }),
          other: rejects('other', other),
          must: null,
        }),
      }),
    ],
    [
      'in a non-nullable field of an object that fails because of a synchronous error',
      '{ item { mustItem { must } other must } }',
      ({ after, rejects }, one, other) => ({
        item: () => ({
          mustItem: after(one, { must: rejects('one', other) }),
          other: rejects('other', other),
          must: null,
        }),
      }),
    ],
    [
      'in an abandoned list, while another field is pending,',
      '{ items { text must } text }',
      ({ after, rejects }, one, other) => ({
        items: () => [
          { text: after(one, 'text'), must: 'text' },
          { must: rejects('one', one) },
          after(other, { must: rejects('other', one) }),
          { must: null },
        ],
        text: () => after(25, 'text'),
      }),
    ],
    [
      'that could come from an abandoned list whose items succeed,',
      '{ items { text must } text }',
      ({ after }, one, other) => ({
        items: () => [{ text: after(one, 'text'), must: after(other, 'text') }, { must: null }],
        text: () => after(25, 'text'),
      }),
    ],
    [
      'in and beside an object that fails because of a synchronous error',
      '{ item { mustItem { item { text } must } must } text items { text } }',
      ({ after, rejects }, one, other) => ({
        item: () => ({
          mustItem: after(one, { item: after(1, { text: rejects('one', other) }), must: after(1, 'text') }),
          must: null,
        }),
        text: () => rejects('text', one + other),
        items: () => [{ text: rejects('other', other) }],
      }),
    ],
    [
      'in two fields of a mutation',
      'mutation { first { text mustItem { must } } second { text must } third }',
      ({ after, rejects }, one, other) => ({
        first: () => after(one, { text: rejects('first', other), mustItem: { must: rejects('must', one) } }),
        second: () => ({ text: rejects('second', one), must: rejects('null', other) }),
      }),
    ],
    [
      'in the first field of a mutation',
      'mutation { second { text must } first { text } third }',
      ({ rejects }, one, other) => ({
        second: () => ({ text: rejects('one', one), must: rejects('other', other) }),
      }),
    ],
    [
      'in a list that a field of a mutation has abandoned',
      'mutation { third second { allItems { text must } } first { text } last: third }',
      ({ after, rejects }, one, other) => ({
        third: () => after(one, 'text'),
        second: () => ({ allItems: [{ text: rejects('one', other), must: 'text' }, { must: null }] }),
      }),
    ],
  ];

  test.each(cases)('%s have the order of graphql-js if they come one after the other', async (...each) => {
    await compare(tasks, [1, 2, 3, 4], serialized, ...each);
  });

  test.each(cases)('%s have the data of graphql-js if they race', async (...each) => {
    await compare(microtasks, [...Array(RACING_TURNS).keys()], serializedRegardlessOfRaces, ...each);
  });

  async function compare(
    timing: Delays,
    turns: readonly number[],
    serialize: typeof serialized,
    ...[, source, fields]: (typeof cases)[number]
  ): Promise<void> {
    await withoutStackTraces(async () => {
      for (const one of turns) {
        for (const other of turns)
          await expectSameResult(schema, source, { serialize, context: () => fields(timing, one, other) });
      }
    });
  }
});

describe('a thrown value has the same error as in graphql-js', () => {
  const located = new GraphQLError('Located', { path: ['elsewhere'] });
  const extended = new GraphQLError('Extended', {
    extensions: { code: 'TEAPOT' },
    originalError: new TypeError('Cause'),
  });
  test.each<[string, unknown]>([
    ['an error', new RangeError('Range')],
    ['an error with properties', Object.assign(new Error('Code'), { code: 5, extensions: { code: 'FIVE' } })],
    ['a GraphQL error with extensions', extended],
    ['a GraphQL error with a path', located],
    [
      'a GraphQL error with nodes',
      new GraphQLError('Nodes', { nodes: schema.getQueryType()!.getFields()['item']!.astNode! }),
    ],
    ['text', 'text'],
    ['undefined', undefined],
    ['an object', { message: 'no error' }],
  ])('%s', async (_what, thrown) => {
    const throwing = () => {
      throw thrown as Error;
    };
    const context = () => ({
      item: () => Object.defineProperty({}, 'text', { get: throwing }),
      text: throwing,
    });
    const { errors } = await expectSameResult(schema, '{ text item { text } }', { context });
    expect(errors).toHaveLength(2);
  });

  test('with path and locations', async () => {
    const context = () => ({ items: () => [{ text: 'a' }, { text: rejects('Late') }] });
    const { errors } = await expectSameResult(schema, '{ items { text\n first: text } }', { context });
    expect(errors).toMatchObject([
      { path: ['items', 1, 'text'], locations: [{ line: 1, column: 11 }] },
      { path: ['items', 1, 'first'], locations: [{ line: 2, column: 2 }] },
    ]);
  });
});
