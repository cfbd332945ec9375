import { describe, expect, test } from '@jest/globals';
import { buildSchema, isEnumType, isScalarType, type GraphQLSchema } from 'graphql';
import { expectSameResult, messages } from './expect-same-result.js';

const schema = withResolvers(
  buildSchema(`
    enum Size { SMALL LARGE }
    scalar Json
    scalar Nothing
    scalar Later
    type Item {
      string: String, int: Int, float: Float, boolean: Boolean, id: ID, size: Size, json: Json
      mustString: String!, mustInt: Int!, mustSize: Size!
      nothing: Nothing, later: Later
      strings: [String], mustStrings: [String!], table: [[Int!]]
      item: Item, mustItem: Item!, items: [Item], mustItems: [Item!]
      greet(name: String = "you"): String
    }
    type Query { item: Item }
  `),
);

function withResolvers(built: GraphQLSchema): GraphQLSchema {
  const serializers: Readonly<Record<string, (value: unknown) => unknown>> = {
    Json: (value) => value,
    Nothing: () => undefined,
    Later: (value) => (value === 'bad' ? Promise.reject(new Error('Later')) : Promise.resolve(value)),
  };
  for (const type of Object.values(built.getTypeMap())) {
    if (isScalarType(type)) type.serialize = serializers[type.name] ?? type.serialize;
    if (isEnumType(type) && type.name === 'Size')
      type.getValues().forEach((value, index) => (value.value = index));
  }
  built.getQueryType()!.getFields()['item']!.resolve = (_source, _args, context: unknown) => context;
  return built;
}

const same = (selection: string, context: () => unknown) =>
  expectSameResult(schema, `{ item { ${selection} } }`, { context });

/** An object with a getter. */
const reading = (name: string, get: () => unknown) => Object.defineProperty({}, name, { get });
function throwIt(value: unknown): never {
  throw value as Error;
}
function idOfThis(this: { readonly id: string }): string {
  return this.id;
}
const failing = (message: string) => (): never => {
  throw new Error(message);
};

describe('leaves have the results of graphql-js', () => {
  const values: readonly unknown[] = [
    ...[
      undefined,
      null,
      '',
      'text',
      '5',
      'SMALL',
      0,
      -0,
      1,
      1.5,
      -1,
      NaN,
      Infinity,
      2 ** 31,
      -(2 ** 31),
      2 ** 53,
    ],
    ...[
      true,
      false,
      10n,
      Symbol('symbol'),
      [],
      ['text'],
      {},
      new Date(0),
      new Error('An error'),
      () => 'called',
    ],
    ...[{ valueOf: () => 7 }, { valueOf: () => ({}), toJSON: () => 'json' }, Promise.resolve('later')],
  ];
  const fields = [
    'string',
    'int',
    'float',
    'boolean',
    'id',
    'size',
    'json',
    'mustString',
    'mustInt',
    'mustSize',
    'nothing',
  ];

  test.each(fields)('%s', async (field) => {
    for (const value of values)
      await same(`${field} before: ${field} __typename`, () => ({ [field]: value }));
  });

  test('with serialized values', async () => {
    const item = { string: 5, int: '7', float: true, boolean: 0, id: 9, size: 1, json: { any: ['thing'] } };
    const { data } = await same('string int float boolean id size json', () => item);
    const expected = {
      string: '5',
      int: 7,
      float: 1,
      boolean: false,
      id: '9',
      size: 'LARGE',
      json: item.json,
    };
    expect(data).toEqual({ item: expected });
  });

  test('if a scalar serializes to a promise', async () => {
    const result = await same('later', () => ({ later: { any: 'thing' } }));
    expect(result.data).toEqual({ item: { later: { any: 'thing' } } });
    expect(messages(await same('later', () => ({ later: 'bad' })))).toEqual(['Later']);
  });
});

describe('properties', () => {
  test.each<[string, () => unknown, readonly string[]]>([
    ['a getter that throws', () => reading('string', failing('Broken')), ['Broken']],
    [
      'a getter of a non-nullable field that throws',
      () => reading('mustString', failing('Broken')),
      ['Broken'],
    ],
    ['a method that uses `this`', () => ({ id: 'me', string: idOfThis }), []],
    ['a method that throws', () => ({ string: failing('Broken') }), ['Broken']],
    [
      'a method of a class',
      () =>
        new (class {
          string() {
            return 'text';
          }
        })(),
      [],
    ],
    ['a method that returns a promise', () => ({ string: async () => 'text' }), []],
    ['a getter that returns a method', () => reading('string', () => () => 'text'), []],
    [
      'a promise that is rejected with a string',
      () => ({ string: () => Promise.resolve('text').then(throwIt) }),
      ['Unexpected error value: "text"'],
    ],
    ['a source that is a string', () => 'text', []],
    ['a source that is a function', () => Object.assign(() => undefined, { string: 'text' }), []],
    [
      'a source without prototype',
      () => Object.assign(Object.create(null) as object, { string: 'text' }),
      [],
    ],
  ])('%s', async (_what, context, errors) => {
    expect(messages(await same('int string mustString json', context)).slice(0, errors.length)).toEqual(
      errors,
    );
  });

  test('that fail do not affect their siblings', async () => {
    const broken = Object.assign(reading('int', failing('Broken')), { string: 'text', id: 'id' });
    const { data, errors } = await same('string int id', () => broken);
    expect(data).toEqual({ item: { string: 'text', int: null, id: 'id' } });
    expect(errors).toMatchObject([
      { message: 'Broken', path: ['item', 'int'], locations: [{ line: 1, column: 17 }] },
    ]);
  });

  test('are read and called once for each field', async () => {
    const calls: string[] = [];
    const context = () => ({
      get int() {
        calls.push('int');
        throw new Error('Broken');
      },
      get id() {
        calls.push('id');
        return 'id';
      },
      greet() {
        calls.push('greet');
        return 'Hello';
      },
      get mustString() {
        calls.push('mustString');
        return null;
      },
    });
    await same('greet int id mustString', context);
    // Once by graphql-js, and twice by each of two executors.
    expect(calls).toEqual(Array.from({ length: 5 }, () => ['greet', 'int', 'id', 'mustString']).flat());
  });
});

describe('lists', () => {
  const item = { string: 'text', mustString: 'text' };
  test.each<[string, () => unknown, string]>([
    ['arrays', () => ({ strings: ['a', null, 5] }), '["a",null,"5"]'],
    ['sets', () => ({ strings: new Set(['a', 'b']) }), '["a","b"]'],
    [
      'generators',
      () => ({
        strings: (function* () {
          yield 'a';
          yield Promise.resolve('b');
        })(),
      }),
      '["a","b"]',
    ],
    ['arrays with gaps', () => ({ strings: Array.from({ length: 2, 1: 'b' }) }), '[null,"b"]'],
    ['typed arrays', () => ({ strings: new Uint8Array([1, 2]) }), '["1","2"]'],
    [
      'arrays with another iterator',
      () => ({ strings: Object.assign(['a'], { [Symbol.iterator]: () => ['b'].values() }) }),
      '["b"]',
    ],
    ['strings, which are not lists', () => ({ strings: 'text' }), 'null'],
    ['objects that are not iterable', () => ({ strings: { length: 1 } }), 'null'],
    ['a promise of a list', () => ({ strings: Promise.resolve(['a']) }), '["a"]'],
    ['errors among the items', () => ({ strings: ['a', new Error('Broken'), 'c'] }), '["a",null,"c"]'],
    [
      'items that are rejected',
      () => ({ strings: ['a', Promise.reject(new Error('Broken'))] }),
      '["a",null]',
    ],
    [
      'an iterator that throws',
      () => ({
        strings: (function* () {
          yield 'a';
          throw new Error('Broken');
        })(),
      }),
      'null',
    ],
    [
      'an item with a getter that throws',
      () => ({ strings: Object.defineProperty(['a'], 1, { get: failing('Broken') }) }),
      'null',
    ],
  ])('%s', async (_what, context, expected) => {
    const { data } = await same('strings', context);
    expect(JSON.stringify(data)).toBe(`{"item":{"strings":${expected}}}`);
  });

  test.each<[string, string, () => unknown]>([
    ['null among non-nullable items', 'mustStrings', () => ({ mustStrings: ['a', null, 'c'] })],
    [
      'a promise of null among non-nullable items',
      'mustStrings',
      () => ({ mustStrings: ['a', Promise.resolve(null), 'c'] }),
    ],
    ['lists in lists', 'table', () => ({ table: [[1, 2], [3, null], null, new Set([4]), [], 'text'] })],
    [
      'promises of lists in lists',
      'table',
      () => ({ table: [Promise.resolve([1]), [Promise.resolve(2)], [Promise.resolve('x')]] }),
    ],
    [
      'objects',
      'items { string mustString }',
      () => ({ items: [item, null, {}, Promise.resolve(item), new Error('No item'), 'text'] }),
    ],
    ['non-nullable objects', 'mustItems { mustString }', () => ({ mustItems: [item, { mustString: null }] })],
    [
      'objects with pending fields',
      'items { string mustString }',
      () => ({
        items: [{ ...item, string: Promise.resolve('late') }, { mustString: Promise.resolve(null) }],
      }),
    ],
    [
      'an object whose `then` getter throws',
      'items { string }',
      () => ({ items: [reading('then', failing('Broken'))] }),
    ],
  ])('%s', async (_what, selection, context) => {
    await same(selection, context);
  });
});
