import { describe, expect, test } from '@jest/globals';
import { buildSchema, GraphQLError } from 'graphql';
import { expectSame, messages } from './same.js';

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
const rejects = (message: string, turns = 0): Promise<never> => {
  const rejected = after(turns, undefined).then(fails(message));
  // Not everything is asked for.
  rejected.catch(() => undefined);
  return rejected;
};
const after = async <T>(turns: number, value: T): Promise<T> => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  return value;
};

describe('null goes up to where it may be', () => {
  test.each<[string, string, Record<string, () => unknown>]>([
    ['at once', '{ item { text must } text }', { item: () => ({ must: null }), text: () => 'text' }],
    ['later', '{ item { text must } text }', { item: () => ({ must: after(2, null) }) }],
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
      'through late lists',
      '{ items { must } text }',
      { items: async () => [after(3, { must: after(1, null) }), {}] },
    ],
    ['to an item', '{ item { items { must } } }', { item: () => ({ items: [{ must: 'a' }, {}] }) }],
    ['to the whole', '{ mustItem { must } text }', { mustItem: () => ({}), text: () => 'text' }],
    [
      'to the whole, later',
      '{ mustItem { must } text }',
      { mustItem: () => after(2, {}), text: () => 'text' },
    ],
    [
      'to the whole, past what is on its way',
      '{ text mustItem { must } }',
      { text: () => after(5, 'text'), mustItem: () => null },
    ],
    [
      'in a mutation',
      'mutation { first { text } second { must } third }',
      { second: () => ({}), third: fails('Not asked') },
    ],
    [
      'in a mutation, later',
      'mutation { first { text } second { must } third }',
      { first: () => after(3, {}), second: () => after(3, {}), third: fails('Not asked') },
    ],
  ])('%s', async (_what, source, given) => {
    expect(messages(await expectSame(schema, source, { context: () => given }))).toEqual([
      expect.stringMatching(/^Cannot return null for non-nullable field (Item|Query)\.\w+\.$/),
    ]);
  });
});

describe('races between errors', () => {
  const turns = Array.from({ length: 12 }, (_, index) => index);
  const pairs = turns.flatMap((one) => turns.map((other) => [one, other] as const));

  test.each<[string, string, (one: number, other: number) => Record<string, () => unknown>]>([
    [
      'of siblings',
      '{ item { text other } }',
      (one, other) => ({ item: () => ({ text: rejects('one', one), other: rejects('other', other) }) }),
    ],
    [
      'of what is nulled, and what nulls it',
      '{ item { text must } }',
      (one, other) => ({ item: () => ({ text: rejects('one', one), must: rejects('other', other) }) }),
    ],
    [
      'at different depths',
      '{ item { text mustItem { must } } }',
      (one, other) => ({
        item: () =>
          after(1, { text: rejects('one', one), mustItem: after(2, { must: rejects('other', other) }) }),
      }),
    ],
    [
      'of two that cannot be null, in what is an item of something slower',
      '{ item { items { must mustItem { must } } text } text }',
      (one, other) => ({
        item: () => ({
          items: [{ must: rejects('one', one), mustItem: after(other, { must: rejects('other', other) }) }],
          text: after(40, 'text'),
        }),
        text: () => after(45, 'text'),
      }),
    ],
    [
      'of items',
      '{ items { must text } }',
      (one, other) => ({
        items: () => [
          { must: rejects('one', one) },
          after(other, { text: rejects('other', 1), must: 'text' }),
        ],
      }),
    ],
    [
      'with what fails at once',
      '{ item { item { text } other must } }',
      (one, other) => ({
        item: () => ({
          item: after(one, { text: rejects('one', other) }),
          other: rejects('other', other),
          must: null,
        }),
      }),
    ],
    [
      'with what fails at once among much that comes later',
      '{ item { mustItem { item { text } must } must } text items { text } }',
      (one, other) => ({
        item: () => ({
          mustItem: after(one, { item: after(1, { text: rejects('one', other) }), must: after(1, 'text') }),
          must: null,
        }),
        text: () => rejects('text', one + other),
        items: () => [{ text: rejects('other', other) }],
      }),
    ],
    [
      'of the fields of a mutation',
      'mutation { first { text mustItem { must } } second { text must } third }',
      (one, other) => ({
        first: () => after(one, { text: rejects('first', other), mustItem: { must: rejects('must', one) } }),
        second: () => ({ text: rejects('second', one), must: rejects('null', other) }),
      }),
    ],
    [
      'of the first field of a mutation',
      'mutation { second { text must } first { text } third }',
      (one, other) => ({ second: () => ({ text: rejects('one', one), must: rejects('other', other) }) }),
    ],
    [
      'of what a field of a mutation leaves behind',
      'mutation { third second { allItems { text must } } first { text } last: third }',
      (one, other) => ({
        third: () => after(one, 'text'),
        second: () => ({ allItems: [{ text: rejects('one', other), must: 'text' }, { must: null }] }),
      }),
    ],
  ])('%s', async (_what, source, given) => {
    for (const [one, other] of pairs) await expectSame(schema, source, { context: () => given(one, other) });
  });
});

describe('what is thrown', () => {
  const located = new GraphQLError('Located', { path: ['elsewhere'] });
  const extended = new GraphQLError('Extended', {
    extensions: { code: 'TEAPOT' },
    originalError: new TypeError('Cause'),
  });
  test.each<[string, unknown]>([
    ['an error', new RangeError('Range')],
    ['an error with properties', Object.assign(new Error('Code'), { code: 5, extensions: { code: 'FIVE' } })],
    ['a GraphQL error with extensions', extended],
    ['a GraphQL error that has a place', located],
    [
      'a GraphQL error with nodes',
      new GraphQLError('Nodes', { nodes: schema.getQueryType()!.getFields()['item']!.astNode! }),
    ],
    ['text', 'text'],
    ['nothing', undefined],
    ['an object', { message: 'no error' }],
  ])('%s', async (_what, thrown) => {
    const throwing = () => {
      throw thrown as Error;
    };
    const context = () => ({
      item: () => Object.defineProperty({}, 'text', { get: throwing }),
      text: throwing,
    });
    const { errors } = await expectSame(schema, '{ text item { text } }', { context });
    expect(errors).toHaveLength(2);
  });

  test('is told apart by place and location', async () => {
    const context = () => ({ items: () => [{ text: 'a' }, { text: rejects('Late') }] });
    const { errors } = await expectSame(schema, '{ items { text\n first: text } }', { context });
    expect(errors).toMatchObject([
      { path: ['items', 1, 'text'], locations: [{ line: 1, column: 11 }] },
      { path: ['items', 1, 'first'], locations: [{ line: 2, column: 2 }] },
    ]);
  });
});
