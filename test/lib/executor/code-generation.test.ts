import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

const PROGRAM = `
  import { buildSchema, parse } from 'graphql';
  import { createExecutor } from './src/lib/executor/executor.js';

  const schema = buildSchema('type Query { items: [Item!], text: String } type Item { name: String!, item: Item }');
  const execute = createExecutor(schema, { codeAfter: 0 });
  const fields = schema.getQueryType().getFields();
  const failing = (name) => new Promise((_, reject) => setTimeout(() => reject(new Error(name)), 5));
  fields.items.resolve = (_source, _args, context) => context;
  const ask = (source, contextValue) => execute({ document: parse(source), contextValue });
  const items = [{ name: 'a', item: { name: 'b' } }, { name: 'c' }];
  console.log(JSON.stringify(await ask('{ items { name item { name } } text }', items)));
  // The first item's promise is abandoned, and rejects later.
  console.log(JSON.stringify(await ask('{ items { name } }', [failing('Late'), { name: null }])));
  await new Promise((resolve) => setTimeout(resolve, 20));
`;

async function run(...flags: readonly string[]): Promise<readonly string[]> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const node = spawn(process.execPath, [...flags, '--input-type=module'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  node.stdin.end(outputFiles[0]!.text);
  const [output, [code]] = await Promise.all([text(node.stdout), once(node, 'exit')]);
  expect(code).toBe(0);
  return output.trim().split('\n');
}

test.each([[], ['--disallow-code-generation-from-strings']])(
  'executes operations in a process of its own: node %s',
  async (...flags) => {
    const [whole, failed] = await run(...flags);
    expect(whole).toBe(
      '{"data":{"items":[{"name":"a","item":{"name":"b"}},{"name":"c","item":null}],"text":null}}',
    );
    expect(JSON.parse(failed!)).toMatchObject({
      data: { items: null },
      errors: [
        { message: 'Cannot return null for non-nullable field Item.name.', path: ['items', 1, 'name'] },
      ],
    });
  },
);
