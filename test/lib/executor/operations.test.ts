import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  getIntrospectionQuery,
  isObjectType,
  isUnionType,
  type GraphQLResolveInfo,
} from 'graphql';
import { describeInfo } from './describe-info.js';
import { expectSameResult, messages } from './expect-same-result.js';

const schema = buildSchema(`
  enum Size { SMALL LARGE }
  input Box { size: Size = LARGE, width: Int!, inner: Box, tags: [String!] }
  input One @oneOf { text: String, number: Int }
  interface Animal { name: String }
  type Cat implements Animal { name: String, lives: Int, friend: Animal }
  type Dog implements Animal { name: String, barks: Boolean! }
  union Pet = Cat | Dog
  type Query {
    echo(text: String, must: ID! = "id", size: Size = SMALL, box: Box, boxes: [Box!], ids: [ID!] = ["a"], one: One): String
    required(id: ID!, box: Box!): String
    info(number: Int): String
    animal: Animal, animals: [Animal], pet: Pet, cat: Cat
  }
  type Mutation { add(number: Int!): Int, sum: Int, fail: Int }
  type Subscription { count: Int }
`);

interface Context {
  readonly animal?: unknown;
  readonly log: unknown[];
}

const query = schema.getQueryType()!.getFields();
for (const field of [query['echo']!, query['required']!]) {
  field.resolve = (_source, args: Record<string, unknown>) => {
    const text = JSON.stringify([args, Object.getPrototypeOf(args) === Object.prototype]);
    // Later calls must get new objects.
    for (const name of Object.keys(args)) args[name] = 'changed';
    return text;
  };
}
query['info']!.resolve = (...[source, args, context, info]: [unknown, object, Context, GraphQLResolveInfo]) =>
  JSON.stringify([
    source,
    context.log,
    describeInfo(args, info),
    Object.keys(info),
    info.rootValue === undefined,
  ]);
for (const name of ['animal', 'animals', 'pet', 'cat']) {
  query[name]!.resolve = (_source, _args, { animal }: Context) =>
    name === 'animals' ? [animal, null, animal] : animal;
}
const mutation = schema.getMutationType()!.getFields();
mutation['add']!.resolve = async (_source, { number }: { number: number }, { log }: Context) => {
  for (let turn = 0; turn < 10 - number; turn += 1) await Promise.resolve();
  return log.push(number);
};
mutation['sum']!.resolve = (_source, _args, { log }: Context) =>
  log.reduce<number>((sum, one) => sum + Number(one), 0);
mutation['fail']!.resolve = () => {
  throw new Error('Failed');
};
for (const type of Object.values(schema.getTypeMap())) {
  if (isUnionType(type)) type.resolveType = (pet: { kind: string }) => pet.kind;
  if (isObjectType(type) && type.name === 'Dog') type.isTypeOf = (value) => 'barks' in (value as object);
}

const context = () => ({ log: [] });

describe('passes arguments', () => {
  test.each<[string, string, Record<string, unknown> | null]>([
    ['that are omitted', '{ echo }', null],
    [
      'as literals',
      '{ echo(text: "a", must: 7, size: LARGE, box: {width: 1, inner: {width: 2}}, boxes: [{width: 1}], ids: "b", one: {number: 1}) }',
      null,
    ],
    ['that are null', '{ echo(text: null, size: null, box: null, ids: null) }', null],
    [
      'as variables',
      'query ($t: String, $m: ID!, $s: Size, $b: Box, $i: [ID!]) { echo(text: $t, must: $m, size: $s, box: $b, ids: $i) }',
      { t: 'a', m: 7, s: 'LARGE', b: { width: 1, tags: ['x'], inner: { width: 2, size: null } }, i: 'one' },
    ],
    [
      'as variables that are not given',
      'query ($t: String, $m: ID = "mine", $s: Size, $i: [ID!]) { echo(text: $t, must: $m, size: $s, ids: $i) }',
      {},
    ],
    [
      'as variables that are null',
      'query ($t: String, $s: Size, $b: Box) { echo(text: $t, size: $s, box: $b) }',
      { t: null, s: null, b: null },
    ],
    [
      'as a null variable for a non-nullable argument',
      'query ($m: ID = "mine") { echo(must: $m) again: echo }',
      { m: null },
    ],
    [
      'with variables inside',
      'query ($n: Int!, $s: Size, $t: [String!]) { echo(box: {width: $n, size: $s, tags: $t}, boxes: [{width: $n}]) }',
      { n: 1 },
    ],
    [
      'with defaults of variables',
      'query ($n: Int = 3, $b: Box = {width: 2}, $i: [ID!] = ["x"], $s: Size = LARGE) { info(number: $n) echo(box: $b, ids: $i, size: $s) }',
      {},
    ],
    [
      'as a variable with the name __proto__',
      'query ($__proto__: String) { echo(text: $__proto__) }',
      JSON.parse('{"__proto__": "a"}') as Record<string, unknown>,
    ],
    [
      'of one field under several response names',
      '{ one: echo(text: "1") two: echo(text: "2") one: echo(text: "1") }',
      null,
    ],
  ])('%s', async (_what, source, variables) => {
    await expectSameResult(schema, source, { context, variables });
  });

  test.each<[string, Record<string, unknown>]>([
    ['missing', {}],
    ['null', { m: null, b: null }],
    ['of the wrong type', { m: {}, b: 'text' }],
    ['undefined', { m: undefined, b: { width: undefined } }],
    [
      'with unknown and missing fields',
      { m: 'a', b: { height: 1, tags: [1, null], inner: { width: 1.5, size: 'HUGE' } } },
    ],
    ['a list instead of a value', { m: ['a'], b: [{ width: 1 }] }],
    [
      'with names of Object.prototype',
      { m: 'a', b: JSON.parse('{"width": 1, "__proto__": {}, "constructor": 1}') as unknown },
    ],
  ])('rejects variables that are %s', async (_what, variables) => {
    const source = 'query ($m: ID!, $b: Box!) { required(id: $m, box: $b) }';
    const result = await expectSameResult(schema, source, { context, variables });
    expect(result.data).toBeUndefined();
    expect(messages(result)).not.toEqual([]);
  });

  test.each([2_147_483_648, -2_147_483_649, 4_294_967_296, 2 ** 53, 1e300, 0.5, '7', true])(
    'rejects an Int variable that is no integer or exceeds 32 bits: %j',
    async (n) => {
      const result = await expectSameResult(schema, 'query ($n: Int) { info(number: $n) }', {
        context,
        variables: { n },
      });
      expect(messages(result)).toEqual([expect.stringMatching(/^Variable "\$n" got invalid value/)]);
    },
  );

  test.each([2_147_483_647, -2_147_483_648, 0, -0])('accepts an Int variable of 32 bits: %j', async (n) => {
    const source = 'query ($n: Int) { info(number: $n) }';
    const { errors } = await expectSameResult(schema, source, { context, variables: { n } });
    expect(errors).toBeUndefined();
  });

  test('limits the number of errors in variables', async () => {
    const boxes = Array.from({ length: 60 }, () => ({}));
    const result = await expectSameResult(schema, 'query ($b: [Box!]) { echo(boxes: $b) }', {
      context,
      variables: { b: boxes },
    });
    expect(messages(result).at(-1)).toMatch(/error limit reached/);
  });

  test('coerces input objects with @oneOf', async () => {
    for (const one of [{ text: 'a' }, { number: 1 }, {}, { text: null }, { text: 'a', number: 1 }]) {
      await expectSameResult(schema, 'query ($o: One) { echo(one: $o) }', { context, variables: { o: one } });
    }
  });
});

describe('executes selections', () => {
  const cat = { __typename: 'Cat', kind: 'Cat', name: 'Tom', lives: 9 };
  const friend = { ...cat, friend: Promise.resolve({ ...cat, name: Promise.resolve('Fritz') }) };

  test.each<[string, string, unknown]>([
    ['of an interface', '{ animal { __typename name ... on Cat { lives } ... on Dog { barks } } }', cat],
    [
      'of a list of one',
      '{ animals { kind: __typename ...C ...D } } fragment C on Cat { lives name } fragment D on Dog { barks }',
      cat,
    ],
    ['of a union', '{ pet { __typename ... on Animal { name } ... on Cat { name lives } } }', cat],
    [
      'that are merged',
      '{ cat { name friend { name } friend { ... on Cat { lives } } } ...Q } fragment Q on Query { cat { lives } }',
      friend,
    ],
    [
      'with the response name __proto__',
      '{ cat { __proto__: name lives } again: cat { friend { __proto__: name } } __proto__: __typename }',
      friend,
    ],
    ['of no field', '{ cat { name @skip(if: true) } animals { name @include(if: false) } }', cat],
    [
      'of a type with isTypeOf',
      '{ pet { ... on Dog { barks } } animal { name } }',
      { kind: 'Dog', __typename: 'Dog', barks: true },
    ],
    ['of a type whose isTypeOf returns false', '{ pet { ... on Dog { barks } } }', { kind: 'Dog' }],
    ['of a type found by isTypeOf', '{ animal { __typename } }', { barks: true }],
    ['of an unknown type', '{ animal { name } pet { __typename } }', { kind: 'Mouse', __typename: 'Mouse' }],
    [
      'of a type that is not a possible type',
      '{ animal { name } pet { __typename } }',
      { kind: 'Query', __typename: 'Query' },
    ],
    ['of a type that is not an object type', '{ pet { __typename } }', { kind: 'Size' }],
    ['of a type that is not a name', '{ pet { __typename } }', { kind: 7 }],
    [
      'of a type that is a promise',
      '{ animals { name } pet { __typename } }',
      { kind: Promise.resolve('Cat'), __typename: 'Cat', name: Promise.resolve('Tom') },
    ],
    [
      'of a type whose resolver throws',
      '{ pet { __typename } }',
      Object.defineProperty({}, 'kind', {
        get: () => {
          throw new Error('Kind');
        },
      }),
    ],
  ])('%s', async (_what, source, animal) => {
    await expectSameResult(schema, source, { context: () => ({ animal, log: [] }) });
  });

  test.each([
    [{ a: true, b: true }],
    [{ a: true, b: false }],
    [{ a: false, b: true }],
    [{ a: false }],
    [{ a: true, b: null }],
  ])('with the conditions %j', async (variables) => {
    const source = `query ($a: Boolean!, $b: Boolean = true) {
      cat { name @skip(if: $a) lives @include(if: $b) ... @skip(if: $b) { again: name } ...F @include(if: $a) }
    } fragment F on Cat { third: name @include(if: $b) }`;
    await expectSameResult(schema, source, { context: () => ({ animal: cat, log: [] }), variables });
  });
});

describe('executes operations', () => {
  test('and passes complete info to resolvers', async () => {
    const source =
      'query Q($n: Int = 1) { info(number: $n) ...F } fragment F on Query { other: info info(number: $n) }';
    await expectSameResult(schema, source, { context, variables: { n: 5 } });
  });

  test('that are mutations serially, and continues after an error', async () => {
    const source =
      'mutation { a: add(number: 1) b: add(number: 2) first: sum fail c: add(number: 4) second: sum __proto__: sum }';
    const result = await expectSameResult(schema, source, { context });
    expect(JSON.stringify(result.data)).toBe(
      '{"a":1,"b":2,"first":3,"fail":null,"c":3,"second":7,"__proto__":7}',
    );
    await expectSameResult(schema, 'mutation { first: sum fail second: sum }', { context });
  });

  test.each<[string, string, string | null]>([
    ['one of several', 'query A { info } query B { echo } mutation C { sum }', 'B'],
    ['a mutation of several', 'query A { info } mutation C { sum }', 'C'],
    ['the only one by its name', 'query A { info }', 'A'],
    ['an unknown one', 'query A { info }', 'B'],
    ['one of several without a name', 'query A { info } query B { echo }', null],
    ['one in a document without operations', 'fragment F on Query { info }', null],
    ['a subscription', 'subscription { count }', null],
  ])('selects %s', async (_what, source, operationName) => {
    await expectSameResult(schema, source, { context, operationName });
  });

  test('of introspection', async () => {
    const { data } = await expectSameResult(schema, getIntrospectionQuery(), { context });
    expect(data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
    await expectSameResult(
      schema,
      '{ __type(name: "Cat") { fields { name type { name } } } none: __type(name: "None") { name } }',
    );
  });

  test('of a kind that the schema does not have', async () => {
    await expectSameResult(buildSchema('type Query { a: Int }'), 'mutation { a }');
  });

  test('but throws if the variables are not an object, as graphql-js does', async () => {
    await expect(
      expectSameResult(schema, '{ info }', {
        context,
        variables: 'text' as unknown as Record<string, unknown>,
      }),
    ).rejects.toThrow('Variables must be provided as an Object');
  });
});
