import { hash } from 'node:crypto';
import fc from 'fast-check';
import { buildSchema, stripIgnoredCharacters } from 'graphql';
import { readConfig } from '../../src/config.js';
import { canonicalForm } from '../../src/operations/safelist/canonical-form.js';
import { isIntrospectionOnly } from '../../src/operations/safelist/introspection.js';
import { documentsIn, MAX_DOCUMENTS } from '../../src/operations/safelist/manifest.js';
import { Safelist } from '../../src/operations/safelist/safelist.js';
import { SafelistError } from '../../src/operations/safelist/safelist-error.js';
import { configError } from '../helpers/config-error.js';
import { randomRuns } from '../helpers/random-runs.js';

const limits = { maxDepth: 5, maxTokens: 1000 };
const schema = buildSchema('type Query { a: Int b: Query c(text: String): Int }');
const listOf = (documents: Record<string, string>) =>
  Safelist.of(
    Object.entries(documents).map(([id, source]) => ({ id, source })),
    schema,
    limits,
  );
const manifest = (operations: unknown, over: object = {}) =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations, ...over });

describe('The settings', () => {
  test('are absent by default', () => {
    expect(readConfig({}).safelist).toBeUndefined();
  });

  test('have a file and a mode', () => {
    expect(readConfig({ SAFELIST_FILE: 'a.json', SAFELIST_MODE: 'log' }).safelist).toEqual({
      file: 'a.json',
      mode: 'log',
      pollMs: 1000,
    });
  });

  test.each([
    [{ SAFELIST_MODE: 'log' }, /^SAFELIST_MODE=log needs SAFELIST_FILE/],
    [
      { FEDERATION: 'true', SAFELIST_FILE: 'a.json', SAFELIST_MODE: 'enforce' },
      /^SAFELIST_FILE must not be set with FEDERATION=true/,
    ],
    [
      { FEDERATION: 'true', SAFELIST_FILE: 'a.json', SAFELIST_MODE: 'log' },
      /^SAFELIST_FILE must not be set with FEDERATION=true/,
    ],
    [{ SAFELIST_FILE: 'a.json' }, /^SAFELIST_FILE needs SAFELIST_MODE, which must be `log` or `enforce`/],
    [{ SAFELIST_FILE: 'a.json', SAFELIST_MODE: 'on' }, /^SAFELIST_MODE/],
    [{ MAX_BATCH_SIZE: '101' }, /^MAX_BATCH_SIZE must be a whole number from 0 to 100/],
  ])('%j are rejected', (env, message) => {
    expect(configError(env)).toMatch(message);
  });
});

describe('A file', () => {
  test('may be a manifest of Apollo', () => {
    const text = manifest([{ id: 'x', name: 'A', type: 'query', body: 'query A { a }' }]);
    expect(documentsIn(text)).toEqual([{ id: 'x', source: 'query A { a }' }]);
  });

  test('may be an object from hashes to documents', () => {
    expect(documentsIn('\uFEFF{"x":"{ a }","y":"{ b }"}')).toEqual([
      { id: 'x', source: '{ a }' },
      { id: 'y', source: '{ b }' },
    ]);
  });

  test.each([
    ['', 'it is not valid JSON'],
    ['{"x":"{ a', 'it is not valid JSON'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'it has no documents'],
    [manifest([]), 'it has no documents'],
    ['{"x":5}', 'what has the id "x" must be the text of a document'],
    ['{"":"{ a }"}', 'each id must be text of at most 256 characters'],
    [manifest([{ id: 5, body: '{ a }' }]), 'each id must be text of at most 256 characters'],
    [manifest([null]), '`operations[0]` must be an object'],
    [manifest({}), 'its `operations` must be a list'],
    [
      manifest([], { version: 2 }),
      'its `format` must be `apollo-persisted-query-manifest`, and its `version` 1',
    ],
    [
      JSON.stringify(Object.fromEntries(Array.from({ length: MAX_DOCUMENTS + 1 }, (_, id) => [id, '{ a }']))),
      'it has 5001 documents, of at most 5000',
    ],
  ])('is rejected with the reason: %.30s', (text, message) => {
    expect(() => documentsIn(text)).toThrow(new SafelistError(message));
  });
});

describe('A safelist', () => {
  test('finds documents by id, by the hashes of its text and of the printed document, and by tokens', async () => {
    const { safelist, unusable } = await listOf({ x: 'query A{a}' });
    const ofText = hash('sha256', 'query A{a}');
    const ofPrinted = hash('sha256', 'query A {\n  a\n}');
    expect(unusable).toEqual([]);
    for (const id of ['x', ofText, ofPrinted, `sha256:${ofText}`]) {
      expect(safelist.byId(id)).toBe('query A{a}');
    }
    expect(safelist.byId('sha256:x')).toBe('query A{a}');
    for (const id of ['', 'y', 'sha256:', '__proto__', hash('sha256', 'x')])
      expect(safelist.byId(id)).toBeUndefined();
    expect(safelist.byText('query A { a, } # the same').source).toBe('query A{a}');
    expect(safelist.byText('query A { a b { a } }').source).toBeUndefined();
  });

  test('has one text for documents of the same tokens', async () => {
    const { safelist } = await listOf({ x: '{ a }', y: '{a}', x2: '{ a }' });
    for (const id of ['x', 'y', 'x2']) expect(safelist.byId(id)).toBe('{ a }');
  });

  test('takes no hash of another document for an id of the file', async () => {
    const sha256 = hash('sha256', '{ a }');
    const { safelist } = await listOf({ x: '{ a }', [sha256]: '{ b { a } }' });
    expect(safelist.byId(sha256)).toBe('{ b { a } }');
  });

  test('lists documents that cannot be executed, with the reason', async () => {
    const deep = `{ ${'b { '.repeat(6)}a${' }'.repeat(6)} }`;
    const { safelist, unusable } = await listOf({ x: '{ gone }', y: deep, z: '{ a }' });
    expect(unusable).toEqual([
      { id: 'x', reason: 'Cannot query field "gone" on type "Query".' },
      { id: 'y', reason: expect.stringContaining('nested 7 levels deep') },
    ]);
    expect(safelist.byId('x')).toBe('{ gone }');
  });

  test('is rejected if a text is not a document, or two documents have the same id', async () => {
    await expect(listOf({ x: '{ a }', y: '{ a' })).rejects.toThrow(
      new SafelistError('the document "y" is not valid: Syntax Error: Expected Name, found <EOF>.'),
    );
    const twice = ['{ a }', '{ b { a } }'].map((source) => ({ id: 'x', source }));
    await expect(Safelist.of(twice, schema, limits)).rejects.toThrow(
      new SafelistError('two documents have the id "x"'),
    );
  });
});

describe('The canonical form', () => {
  const canonical = (text: string) => canonicalForm(text, 1000);

  test('is the same for the same tokens, by the specification', () => {
    const token = fc.oneof(
      fc.constantFrom('{', '}', '(', ')', '[', ']', ':', '=', '!', '$', '@', '|', '&', '...'),
      fc.constantFrom('a', 'b', 'query', 'true', 'on', '1', '-1', '1.5', '1e3'),
      fc.string().map((text) => JSON.stringify(text)),
      fc.constantFrom(
        '"""a b"""',
        '""" a\n  b """',
        '"""\\""""""',
        '"\\u0041"',
        '"A"',
        '" "',
        '""',
        '""""""',
      ),
    );
    const ignored = fc.constantFrom(' ', '\n', ',', '\t', '\r\n', '\uFEFF', '#" {\n', '# a b\r');
    const text = fc.array(fc.tuple(token, ignored), { maxLength: 12 }).map((parts) => parts.flat().join(''));
    const standard = (given: string) => {
      try {
        return stripIgnoredCharacters(given);
      } catch {
        return undefined;
      }
    };
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [one, other] = [standard(a), standard(b)];
        expect(canonical(a) === undefined).toBe(one === undefined);
        if (one === undefined) return;
        // The reference implementation spells strings as they were written; ours goes by their values.
        expect(canonical(one)).toBe(canonical(a));
        if (one === other) expect(canonical(a)).toBe(canonical(b));
      }),
      { numRuns: randomRuns(1000, 250) },
    );
  });

  test.each([
    ['{ a b }', '{ ab }'],
    ['{ a }', 'query { a }'],
    ['{ c(text: "a b") }', '{ c(text: "a  b") }'],
    ['{ c(text: "a\\" b") }', '{ c(text: "a" b) }'],
    ['{ c(text: "a") }', '{ c(text: """a""") }'],
    ['{ c(text: "# a") }', '{ c(text: "") }'],
    ['{ c(text: "a" "b") }', '{ c(text: "a\\" \\"b") }'],
    ['{ c(text: a) }', '{ c(text: "a") }'],
    ['{ a ...F }', '{ a F }'],
    ['query A { a }', 'query B { a }'],
    ['{ a: c }', '{ a c }'],
    ['1 -1', '1 - 1'],
  ])('of %s is another than that of %s', (a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  test('is undefined for too many or invalid tokens', () => {
    expect(canonicalForm('{ a }', 3)).toBeDefined();
    expect(canonicalForm('{ a b }', 3)).toBeUndefined();
    expect(canonicalForm('{ % }', 3)).toBeUndefined();
    expect(canonicalForm('{ "a }', 3)).toBeUndefined();
  });
});

describe('A document is pure introspection', () => {
  test.each([
    '{ __schema { types { name } } }',
    'query A { __type(name: "Query") { ...T } } fragment T on __Type { name }',
    '{ __typename }',
  ])('if it is %s', (text) => {
    expect(isIntrospectionOnly(text, limits)).toBe(true);
  });

  test.each([
    '{ __schema { types { name } } a }',
    '{ __typename: a }',
    '{ ...F } fragment F on Query { a }',
    '{ ... { a } }',
    '{ ... on Query { a } }',
    'query A { __typename } query B { a }',
    'mutation { __typename }',
    'subscription { __typename }',
    'type Query { a: Int }',
    '{ __typename',
    '',
  ])('but not if it is %s', (text) => {
    expect(isIntrospectionOnly(text, limits)).toBe(false);
  });
});
