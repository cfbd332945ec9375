import { parse } from 'graphql';
import { extentOf, syntaxLimitError } from '../../../src/operations/demand-control/syntax-limits.js';
import { countValues } from '../../../src/operations/request/variable-values.js';

const LIMITS = { maxAliases: 3, maxRootFields: 3, maxDirectives: 3, maxNodes: 30 };
const of = (source: string) => extentOf(parse(source));

test.each<[string, number]>([
  ['{ a }', 0],
  ['{ b: a c: __typename }', 2],
  ['{ a { ...F } c { ...F } } fragment F on T { b: a }', 2],
  ['query A { b: a } query B { b: a c: a }', 2],
])('aliases: %s', (source, aliases) => {
  expect(of(source).aliases).toBe(aliases);
});

test.each<[string, number]>([
  ['{ a { b c d } }', 1],
  ['{ a a a }', 3],
  ['{ a ... { b ... on Query { c } } }', 3],
  ['{ ...F a { ...F } } fragment F on Query { b c { d } ...G } fragment G on Query { e }', 4],
])('root fields: %s', (source, rootFields) => {
  expect(of(source).rootFields).toBe(rootFields);
});

test.each<[string, number]>([
  ['query Q($x: Int @a) @b { c @d { ... @e { f } ...F @g } } fragment F on T @h { i @j }', 7],
  ['{ a @x @x @x }', 3],
])('directives: %s', (source, directives) => {
  expect(of(source).directives).toBe(directives);
});

test.each<[string, number]>([
  // The operation, its selection set and the field.
  ['{ a }', 3],
  // Arguments and values, too.
  ['{ a(b: [1, { c: 2 }]) }', 9],
  // A spread, and what the fragment has: itself, its type, its selection set and its field.
  ['{ ...F } fragment F on T { a }', 3 + 4],
])('nodes: %s', (source, nodes) => {
  expect(of(source).nodes).toBe(nodes);
});

test('fragments that double at each level count as if they were written out', () => {
  const levels = 200;
  const fragments = Array.from(
    { length: levels },
    (_, level) => `fragment F${level} on T { ...F${level + 1} ...F${level + 1} }`,
  );
  const source = `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on T { b: a @x }`;
  expect(of(source)).toMatchObject({
    aliases: 2 ** levels,
    rootFields: 2 ** levels,
    directives: 2 ** levels,
  });
});

test('fragments that spread each other in a circle are left to validation', () => {
  const source = '{ ...F } fragment F on T { a ...G } fragment G on T { b: a ...F ...Nothing }';
  expect(of(source).nodes).toBeLessThan(30);
  expect(syntaxLimitError(parse(source), LIMITS)).toBeUndefined();
});

test.each([
  ['{ a: x { b: x c: x } }', '{ a: x { b: x c: x d: x } }', '4 aliases', 'At most 3', 'MAX_ALIASES'],
  ['{ a b c }', '{ a b c a }', '4 root fields', 'At most 3', 'MAX_ROOT_FIELDS'],
  ['{ a @x @x @x }', '{ a @x @x @x @x }', '4 directives', 'At most 3', 'MAX_DIRECTIVES'],
  [
    `{ a { ${'b '.repeat(26)} } }`,
    `{ a { ${'b '.repeat(27)} } }`,
    '31 syntax nodes',
    'At most 30',
    'MAX_NODES',
  ],
])('%s is taken, and more is rejected with the limit', (taken, rejected, ...parts) => {
  expect(syntaxLimitError(parse(taken), LIMITS)).toBeUndefined();
  const error = syntaxLimitError(parse(rejected), LIMITS);
  for (const part of parts) expect(error?.message).toContain(part);
  expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT', http: { status: 400 } });
});

test('a fragment that no operation spreads is measured, because it is validated', () => {
  expect(syntaxLimitError(parse('{ a } fragment F on T { a: x b: x c: x d: x }'), LIMITS)).toBeDefined();
});

describe('Values of variables', () => {
  test.each<[Record<string, unknown>, number]>([
    [{}, 0],
    [{ a: 1, b: null, c: '' }, 3],
    [{ a: [1, [2, 3]], b: { c: { d: [] } } }, 8],
  ])('%j has %d', (variables, count) => {
    expect(countValues(variables, 100)).toBe(count);
  });

  test('are counted no further than the limit, and however deep they are', () => {
    expect(countValues({ ids: new Array(1_000_000).fill('x') }, 10)).toBe(11);
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(countValues({ deep }, 1_000_000)).toBe(100_000);
  });
});
