import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Program } from '../helpers/program.js';
import { demo } from '../../src/emulator/index.js';
import { ids } from '../graphql/stack.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

const ID = ids.targetGroup(demo.live);
const QUERY = 'query ($id: ID!) {';

/** So many levels of fields below the root field, in selection sets that stand within each other. */
function flat(levels: number): string {
  const names = Array.from({ length: levels }, (_, level) =>
    level % 2 === 0 ? 'fieldingRun' : 'targetGroup',
  );
  return `${QUERY} targetGroup(id: $id) { ${names.join(' { ')} { id } ${'} '.repeat(levels)}}`;
}

/** The same, spread over fragments with so many levels each, an even number. */
function spread(levels: number, each = 2): string {
  const fragments = Array.from({ length: Math.ceil(levels / each) }, (_, nth) => {
    const own = Math.min(each, levels - nth * each);
    const names = Array.from({ length: own }, (_level, level) =>
      level % 2 === 0 ? 'fieldingRun' : 'targetGroup',
    );
    const innermost = (nth + 1) * each < levels ? `...F${nth + 1}` : 'id';
    return `fragment F${nth} on TargetGroup {${names.join('{')}{${innermost}${'}'.repeat(own)}}`;
  });
  return `${QUERY} targetGroup(id: $id) { ...F0 } } ${fragments.join(' ')}`;
}

const within = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

/** Documents that are too deep for stacks, whatever the limit is. */
const DEEP: readonly (readonly [string, string])[] = [
  ['fields', flat(1900)],
  ['fields through fragments', spread(1900, 50)],
  ['fields through many fragments', spread(1900)],
  ['fields, to the last token', '{ a '.repeat(7000)],
  ['inline fragments', `{ ${within('... { ', '__typename } ', 2000)} }`],
  [
    'fragments in each other',
    `{ ...F0 } ${Array.from({ length: 1500 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} }`).join(' ')}`,
  ],
  ['a list', `{ targetGroup(id: ${within('[', ']', 7000)}) { id } }`],
  ['a list that does not end', `{ targetGroup(id: ${'['.repeat(14_000)}`],
  ['an object', `{ targetGroup(id: ${'{ a: '.repeat(3000)}1${'}'.repeat(3000)}) { id } }`],
  ['a list in a directive', `{ __typename @include(if: ${within('[', ']', 7000)}) }`],
  ['a type', `query ($id: ${within('[', ']', 7000).replace('[]', '[ID]')}) { targetGroup(id: $id) { id } }`],
  ['a default', `query ($id: ID = ${within('[', ']', 7000)}) { targetGroup(id: $id) { id } }`],
];

/** Those whose stacks are the largest, for processes that have made no code of what they run. */
const FIRST = DEEP.filter(([what]) => /^(?:fields|inline fragments|an object)/.test(what));

/** Bodies with values that are too deep for anything that goes into them by itself. */
const DEEP_VALUES: readonly (readonly [string, string])[] = (() => {
  const list = within('[', ']', 200_000);
  const object = `${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}`;
  const document = JSON.stringify(`${QUERY} targetGroup(id: $id) { id } }`);
  const input = JSON.stringify(
    'mutation ($input: PauseTargetGroupsInput!) { pauseTargetGroups(input: $input) { batchJob { id } } }',
  );
  return [
    ['a list for an id', `{"query":${document},"variables":{"id":${list}}}`],
    ['an object for an id', `{"query":${document},"variables":{"id":${object}}}`],
    ['a list for an input', `{"query":${input},"variables":{"input":${list}}}`],
    ['a list in an input', `{"query":${input},"variables":{"input":{"targetGroupIds":${list}}}}`],
    ['an object in an input', `{"query":${input},"variables":{"input":${object}}}`],
    ['variables', `{"query":${document},"variables":${list}}`],
    ['an operation name', `{"query":${document},"operationName":${list}}`],
    ['a query', `{"query":${list}}`],
    ['a body', list],
  ];
})();

interface Received {
  readonly status: number;
  readonly data: unknown;
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function read(answer: Promise<Response>): Promise<Received> {
  const response = await answer;
  const { data, errors = [] } = (await response.json()) as Partial<Received>;
  return { status: response.status, data, errors };
}

afterAll(() => Program.killAll());

describe.each(['planned', 'graphql-js'])('A process that has just started, with %s,', (execution) => {
  function start(env: Readonly<Record<string, string>> = {}): Program {
    return new Program({
      GRAPHQL_EXECUTION: execution,
      EMULATOR_PORT: '0',
      EMULATOR_DATA: ':memory:',
      ...env,
    });
  }

  function post(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Received> {
    return read(
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${demo.token}`, ...headers },
        body,
      }),
    );
  }
  const operation = (query: string, more: object = {}) =>
    JSON.stringify({ query, variables: { id: ID }, ...more });

  async function expectToGoOn(program: Program): Promise<void> {
    const url = await program.url();
    expect(await post(url, operation(flat(2)))).toMatchObject({
      status: 200,
      data: { targetGroup: { fieldingRun: { targetGroup: { id: ID } } } },
      errors: [],
    });
    expect(program.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
  }

  function expectRejection({ status, data, errors }: Received, limit: number): void {
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toEqual([
      {
        message: expect.stringMatching(
          new RegExp(
            `nested \\d+ levels deep.* At most (?:${limit} levels are allowed \\(MAX_DEPTH\\)|500 levels are allowed)\\.$`,
          ),
        ),
        extensions: {
          code: 'BAD_USER_INPUT',
          retryable: false,
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      },
    ]);
  }

  test.each(FIRST)('rejects its first query: %s', async (_what, query) => {
    const program = start();
    expectRejection(await post(await program.url(), operation(query)), 50);
    await expectToGoOn(program);
    program.signal('SIGTERM');
    expect(await program.end()).toEqual({ code: 0, stderr: '' });
  });

  describe('at its limit', () => {
    let program: Program;
    let url: string;
    beforeAll(async () => {
      program = start({ MAX_DEPTH: '200' });
      url = await program.url();
    });
    afterAll(async () => {
      await expectToGoOn(program);
      program.signal('SIGTERM');
      expect((await program.end()).code).toBe(0);
    });

    test.each([
      ['flat', flat],
      ['spread over fragments', spread],
    ])('answers operations of exactly that depth, %s, and rejects deeper ones', async (_what, document) => {
      for (let time = 0; time < 2; time += 1) {
        const answer = await post(url, operation(document(198)));
        expect(answer.errors).toEqual([]);
        let { data } = answer;
        for (let level = 0; level < 199; level += 1) {
          const name = level % 2 === 0 ? 'targetGroup' : 'fieldingRun';
          data = (data as Readonly<Record<string, unknown>>)[name];
        }
        expect(data).toEqual({ id: expect.stringContaining(ID) });
        expectRejection(await post(url, operation(document(199))), 200);
      }
    });

    test.each(DEEP)('rejects a deep document in any form: %s', async (_what, query) => {
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const register = operation(query, { extensions });
      expectRejection(await post(url, operation(query)), 200);
      expectRejection(await post(url, operation(query)), 200);
      expectRejection(await post(url, register), 200);
      expectRejection(await post(url, register), 200);
      // What Apollo's HTTP layer answers.
      expectRejection(await post(url, operation(query), { accept: 'application/json, text/html' }), 200);
      expect(await post(url, JSON.stringify({ extensions }))).toMatchObject({
        errors: [{ message: 'PersistedQueryNotFound' }],
      });
    });

    test('rejects a document that doubles at each level', async () => {
      const fragments = Array.from({ length: 90 }, (_, level) => {
        const next = `{ targetGroup { ${level + 1 < 90 ? `...F${level + 1}` : 'id'} } }`;
        return `fragment F${level} on TargetGroup { a: fieldingRun ${next} b: fieldingRun ${next} }`;
      });
      const query = `${QUERY} targetGroup(id: $id) { ...F0 } } ${fragments.join(' ')}`;
      expect(await post(url, operation(query))).toMatchObject({
        status: 400,
        errors: [
          {
            message: expect.stringContaining('more than 15000 tokens'),
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      });
    });

    test('rejects a deep document by GET', async () => {
      const at = (query: string) =>
        `${url}/graphql?${new URLSearchParams({ query, variables: JSON.stringify({ id: ID }) }).toString()}`;
      const headers = { 'apollo-require-preflight': 'yes', authorization: `Bearer ${demo.token}` };
      for (const query of [flat(300), within('{ a ', '}', 600)]) {
        const short = query.replaceAll(/\s+/g, ' ');
        expectRejection(await read(fetch(at(short), { headers })), 200);
      }
      expect(await read(fetch(at(flat(20)), { headers }))).toMatchObject({ status: 200, errors: [] });
    });

    test.each(DEEP_VALUES)('reports deep values as a mistake of the client: %s', async (_what, body) => {
      const { status, data, errors } = await post(url, body);
      expect(status).toBe(400);
      expect(data).toBeUndefined();
      expect(errors).not.toEqual([]);
      for (const { extensions } of errors) expect(extensions.code).toMatch(/^BAD_(?:USER_INPUT|REQUEST)$/);
      expect(errors[0]!.message.length).toBeLessThan(1000);
    });
  });

  (hasRedis ? test : test.skip)('keeps all workers alive', async () => {
    const redis = await TestRedis.start();
    const program = start({ WORKERS: '2', REDIS_URL: redis.url });
    const url = await program.url();
    await Promise.all(
      Array.from({ length: 20 }, async (_, nth) => {
        expectRejection(await post(url, operation(nth % 2 === 0 ? spread(1900, 50) : flat(1900))), 50);
      }),
    );
    await sleep(100);
    await expectToGoOn(program);
    expect(program.workers).toHaveLength(2);
    await redis.close();
  });
});
