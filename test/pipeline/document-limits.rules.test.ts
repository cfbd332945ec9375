import { getIntrospectionQuery } from 'graphql';
import { measure, documentLimitError, MAX_NESTING } from '../../src/operations/documents/document-limits.js';

const TOKENS = 15_000;
const LIMITS = { maxDepth: 50, maxTokens: TOKENS };

describe('Levels of fields', () => {
  test.each<[string, number]>([
    ['{ a }', 1],
    ['{ a { b } }', 2],
    ['query Q($x: I = { a: { b: [{ c: 1 }] } }) @d(x: { a: { b: 1 } }) { a(x: { b: { c: 1 } }) { b } c }', 2],
    ['{ ... { ... on T { ... @include(if: true) { a { b } } } } }', 2],
    ['{ ...F } fragment F on T { a { b } }', 2],
    ['{ a { ...F } } fragment F on T { a { b } }', 3],
    ['fragment F on T { a { b } } { a { ... on T { ...F } } }', 3],
    ['{ a { b { c { ...F } } } } fragment F on T { a }', 4],
    ['{ ...F ...G } fragment F on T { a { ...G } } fragment G on T { b { c { d } } }', 4],
    ['query A { a } query B { a { b { c } } } mutation C { a }', 3],
    ['query fragment { fragment { on { query } } }', 3],
    ['fragment fragment on fragment { a { ...on2 } } { ...fragment } fragment on2 on on { a }', 2],
    ['{ a(x: "{ { {", y: """{ { {""") # { { {\n }', 1],
    ['"""{ {""" query Q { a { b } }', 2],
    ['{ a { ...Nothing } }', 2],
    ['', 0],
  ])('%s', (source, fields) => {
    expect(measure(source, TOKENS).fields).toBe(fields);
  });

  test('are those that tools ask for when they look at the schema, with room to spare', () => {
    const source = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect(measure(source, TOKENS).fields).toBeLessThan(25);
  });
});

test.each<[string, number]>([
  ['{ a }', 1],
  ['{ a(x: [[{ b: 1 }]]) }', 5],
  ['query ($x: [[Int]]) { a }', 3],
  ['{ ... { ... { a } } }', 3],
  ['{ a { ...F } } fragment F on T { b(x: [1]) }', 5],
])('levels of brackets: %s', (source, nesting) => {
  expect(measure(source, TOKENS).nesting).toBe(nesting);
});

test('each level counts: 50 are taken, and 51 are not', () => {
  const flat = (depth: number) => '{ a '.repeat(depth) + '}'.repeat(depth);
  const spread = (depth: number) =>
    `{ ...F1 } ${Array.from(
      { length: depth },
      (_, level) => `fragment F${level + 1} on T { a ${level + 1 < depth ? `{ ...F${level + 2} }` : ''} }`,
    ).join(' ')}`;
  for (const document of [flat, spread]) {
    expect(documentLimitError(document(50), LIMITS)).toBeUndefined();
    expect(documentLimitError(document(51), LIMITS)).toMatchObject({
      message:
        'The fields of the document are nested 51 levels deep, fragments included. At most 50 levels are allowed (MAX_DEPTH).',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  }
});

describe('Fragments that', () => {
  test('spread each other in a circle are left to validation', () => {
    const source = '{ a { ...F } } fragment F on T { a { ...G } } fragment G on T { b { ...F } c { d } }';
    expect(documentLimitError(source, LIMITS)).toBeUndefined();
  });

  test('do so, and are more than brackets may be nested, are rejected', () => {
    const count = MAX_NESTING + 1;
    const circle = Array.from(
      { length: count },
      (_, level) => `fragment F${level} on T { ...F${(level + 1) % count} }`,
    );
    expect(documentLimitError(`{ ...F0 } ${circle.join(' ')}`, LIMITS)?.message).toContain(
      `${MAX_NESTING} levels`,
    );
  });

  test('have one name are measured together', () => {
    const deep = `fragment F on T ${'{ a '.repeat(60)}${'}'.repeat(60)}`;
    for (const source of [`{ ...F } fragment F on T { a } ${deep}`, `{ ...F } ${deep} fragment F on T { a }`])
      expect(documentLimitError(source, LIMITS)).toBeDefined();
  });

  test('double at each level are as large as if they were written out', () => {
    const doubling = (levels: number) =>
      `{ ...F0 } ${Array.from({ length: levels }, (_, level) => {
        const next = level + 1 < levels ? `{ ...F${level + 1} }` : '';
        return `fragment F${level} on T { a ${next} b: a ${next} }`;
      }).join(' ')}`;
    expect(measure(doubling(40), TOKENS).tokens).toBeGreaterThan(2 ** 40);
    expect(documentLimitError(doubling(8), LIMITS)).toBeUndefined();
    expect(documentLimitError(doubling(40), LIMITS)).toMatchObject({
      message: expect.stringContaining('more than 15000 tokens'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('are spread often, and the document is within its tokens, are taken', () => {
    const source = `{ ${Array.from({ length: 500 }, (_, nth) => `a${nth}: a { ...F }`).join(' ')} } fragment F on T { b c d e }`;
    expect(documentLimitError(source, LIMITS)).toBeUndefined();
  });

  test('double at each level are each measured once', () => {
    const levels = 400;
    const fragments = Array.from(
      { length: levels },
      (_, level) =>
        `fragment F${level} on T { a { ...F${level + 1} } b { ...F${level + 1} } ...F${level + 1} }`,
    );
    const source = `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on T { a }`;
    expect(measure(source, 1_000_000).fields).toBe(levels + 1);
  });
});

describe('Text that is not a document', () => {
  test.each([
    '{ a } }',
    '}}}} { a',
    ') ] }',
    '{ a',
    '... { a }',
    '{ ...',
    'fragment',
    'fragment {',
    '{ a ( } )',
  ])('has some depth all the same: %s', (source) => {
    expect(measure(source, TOKENS).fields).toBeLessThan(3);
  });

  test('has the depth that it has before the error', () => {
    expect(documentLimitError(`${'{ a '.repeat(60)} ? "`, LIMITS)).toBeDefined();
  });

  test('is not read beyond the limit of the parser', () => {
    const source = `{ ${'a '.repeat(TOKENS)} ${'{ a '.repeat(60)}`;
    expect(documentLimitError(source, LIMITS)).toBeUndefined();
  });
});
