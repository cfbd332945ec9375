import { describe, expect, test } from '@jest/globals';
import { assertObjectType, buildSchema, parse, type ExecutionResult } from 'graphql';
import type { ExecutorArgs } from '../../../src/lib/executor/executor.js';
import { createExecutors } from './expect-same-result.js';

/** So deep that settling the innermost value overflows the stack. */
const LEVELS = 6000;

const schema = buildSchema(`
  type Node { node: Node, nodes: [Node], must: Node!, text: String, last: String }
  type Query { node: Node, text: String }
  type Mutation { node: Node, text: String }
`);

interface Context {
  /** The resolver of the innermost field. */
  readonly last: () => unknown;
}

for (const type of [schema.getQueryType()!, schema.getMutationType()!]) {
  type.getFields()['node']!.resolve = () => Promise.resolve({});
  type.getFields()['text']!.resolve = () => 'text';
}
const fields = assertObjectType(schema.getType('Node')).getFields();
for (const name of ['node', 'must']) fields[name]!.resolve = () => Promise.resolve({});
fields['nodes']!.resolve = () => [Promise.resolve({})];
fields['last']!.resolve = (_source, _args, { last }: Context) => last();

/** Nests fragments, because parsing recurses through nested selection sets. */
function deep(operation: string, field: string): string {
  const fragments = Array.from(
    { length: LEVELS },
    (_, level) =>
      `fragment F${level} on Node { ${level + 1 < LEVELS ? `${field} { ...F${level + 1} }` : 'last'} }`,
  );
  return `${operation} { node { ...F0 } text } ${fragments.join(' ')}`;
}

const OUTCOMES: readonly [string, () => unknown][] = [
  ['fulfilled', () => Promise.resolve('last')],
  ['rejected', () => Promise.reject(new Error('Last'))],
];
const CASES = ['query', 'mutation'].flatMap((operation) =>
  ['node', 'nodes', 'must'].flatMap((field) =>
    OUTCOMES.map(([outcome, last]) => [operation, field, outcome, last] as const),
  ),
);

describe('a stack overflow after a promise has settled', () => {
  test.each(CASES)(
    'fails that %s alone, through `%s`, after the innermost promise is %s',
    async (operation, field, _outcome, last) => {
      const document = parse(deep(operation, field));
      for (const executor of createExecutors(schema)) {
        const small: ExecutorArgs = { document: parse('{ node { text } text }'), contextValue: {} };
        const [broken, other] = await Promise.all([
          executor({ document, contextValue: { last } }),
          executor(small),
        ]);
        const messages = broken.errors?.map(({ message }) => message);
        expect(messages).toContain('Maximum call stack size exceeded');
        expect(broken.data).toBeNull();
        expect(other).toEqual(await executor(small));
        expect(other).toEqual({ data: { node: { text: null }, text: 'text' } });
      }
    },
  );
});

describe('a thenable that', () => {
  type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown;
  const thenable = (then: Then) => ({ then });
  const own = (then: Then) => Object.assign(Promise.resolve('its own'), { then });

  class PromiseSubclass extends Promise<unknown> {}

  test.each<[string, () => unknown, unknown, readonly string[]]>([
    ['calls back synchronously', () => thenable((resolve) => resolve('text')), 'text', []],
    ['calls back with null', () => thenable((resolve) => resolve(null)), null, []],
    ['calls back later', () => thenable((resolve) => setTimeout(resolve, 1, 'text')), 'text', []],
    [
      'rejects synchronously',
      () => thenable((_resolve, reject) => reject(new Error('At once'))),
      null,
      ['At once'],
    ],
    [
      'calls back twice',
      () =>
        thenable((resolve, reject) => {
          resolve('first');
          resolve('second');
          reject(new Error('Third'));
        }),
      'first',
      [],
    ],
    [
      'calls back, and throws',
      () =>
        thenable((resolve) => {
          resolve('text');
          throw new Error('Late');
        }),
      'text',
      [],
    ],
    [
      'throws',
      () =>
        thenable(() => {
          throw new Error('Thrown');
        }),
      null,
      ['Thrown'],
    ],
    [
      'resolves to another thenable',
      () => thenable((resolve) => resolve(thenable((inner) => inner('text')))),
      'text',
      [],
    ],
    ['is a native promise with its own `then`', () => own((resolve) => resolve('text')), 'text', []],
    ['is of a subclass of Promise', () => PromiseSubclass.resolve('text'), 'text', []],
  ])('%s settles once', async (_what, make, value, expectedMessages) => {
    const document = parse('{ item { text } items { text } list text }');
    for (const executor of createExecutors(withThenables())) {
      const result: ExecutionResult = await executor({ document, contextValue: { make } });
      const text = { text: value };
      expect(result.data).toEqual({ item: text, items: [text, text], list: [value, 'text'], text: value });
      expect(result.errors?.map(({ message }) => message) ?? []).toEqual(
        Array.from({ length: 5 }, () => expectedMessages).flat(),
      );
    }
  });

  function withThenables() {
    const all = buildSchema(`
      type Item { text: String }
      type Query { item: Item, items: [Item], list: [String], text: String }
    `);
    const root = all.getQueryType()!.getFields();
    type Make = (source: unknown, args: unknown, context: { make: () => unknown }) => unknown;
    const resolvers: Record<string, Make> = {
      item: (_source, _args, { make }) => thenable((resolve) => resolve({ text: make() })),
      items: (_source, _args, { make }) => [
        { text: make() },
        thenable((resolve) => resolve({ text: make() })),
      ],
      list: (_source, _args, { make }) => [make(), 'text'],
      text: (_source, _args, { make }) => make(),
    };
    for (const [name, resolve] of Object.entries(resolvers)) root[name]!.resolve = resolve;
    return all;
  }
});
