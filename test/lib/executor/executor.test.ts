import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, type FieldNode, type GraphQLResolveInfo } from 'graphql';
import { createExecutor } from '../../../src/lib/executor/executor.js';

const schema = buildSchema(`
  type Query { nodes: [Node!] }
  type Node { a: Int, b: Int, c: Int, d: Int, e: Int, f: Int }
`);

/** The nodes in resolvers' info. Those of a plan are the same in each execution. */
const seen: (readonly FieldNode[])[] = [];
schema.getQueryType()!.getFields()['nodes']!.resolve = (
  _source,
  _args,
  _context,
  info: GraphQLResolveInfo,
) => {
  seen.push(info.fieldNodes);
  return [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }];
};

/** Six conditions have 64 combinations. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const CONDITIONAL = `query (${NAMES.map((name) => `$${name}: Boolean!`).join(', ')}) {
  nodes { __typename ${NAMES.map((name) => `${name} @include(if: $${name})`).join(' ')} }
}`;

function conditions(bits: number): Record<string, boolean> {
  return Object.fromEntries(NAMES.map((name, index) => [name, (bits & (1 << index)) !== 0]));
}

describe('plans', () => {
  test('are kept for 32 combinations of conditions, and the others are executed, too', () => {
    const execute = createExecutor(schema);
    const document = parse(CONDITIONAL);
    const run = (bits: number) => execute({ document, contextValue: {}, variableValues: conditions(bits) });
    seen.length = 0;
    for (let round = 0; round < 2; round += 1) {
      for (let bits = 0; bits < 64; bits += 1) {
        const all = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
        const selected = Object.entries(all).filter(([name]) => conditions(bits)[name]);
        const node = { __typename: 'Node', ...Object.fromEntries(selected) };
        expect(run(bits)).toEqual({ data: { nodes: [node] } });
      }
    }
    const planned = seen.slice(0, 64).filter((nodes, index) => nodes === seen[index + 64]);
    expect(planned).toHaveLength(32);
  });

  test('are garbage-collected with their documents', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const execute = createExecutor(schema, { compileAfter: 0 });
    const documents = Array.from({ length: 20 }, (_, index) => {
      const document = parse(`{ nodes { a${index}: a } }`);
      expect(execute({ document, contextValue: {} })).toEqual({ data: { nodes: [{ [`a${index}`]: 1 }] } });
      return new WeakRef(document);
    });
    await setImmediate();
    collect();
    await setImmediate();
    expect(documents.filter((document) => document.deref() !== undefined)).toEqual([]);
  });

  test('are not shared by documents with equal names of operations and fragments', () => {
    const execute = createExecutor(schema);
    for (const name of NAMES) {
      const document = parse(`query Q { nodes { ...F } } fragment F on Node { ${name} }`);
      const { data } = execute({ document, contextValue: {}, operationName: 'Q' }) as {
        readonly data: object;
      };
      expect(data).toEqual({ nodes: [{ [name]: NAMES.indexOf(name) + 1 }] });
    }
  });

  test('give the same results before and after code is generated', () => {
    const execute = createExecutor(schema, { compileAfter: 3 });
    const document = parse('{ nodes { b a __typename } }');
    const results = Array.from({ length: 10 }, () => JSON.stringify(execute({ document, contextValue: {} })));
    expect(new Set(results)).toEqual(new Set(['{"data":{"nodes":[{"b":2,"a":1,"__typename":"Node"}]}}']));
  });
});

test('createExecutor throws for an invalid schema', () => {
  expect(() => createExecutor(buildSchema('type Other { a: Int }'))).toThrow(
    'Query root type must be provided.',
  );
});
