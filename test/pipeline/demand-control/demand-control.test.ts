/** What demand control rejects is rejected before anything is sent upstream, with both executors. */
import { createHash } from 'node:crypto';
import type { GraphQLFormattedError } from 'graphql';
import { pino } from 'pino';
import { demo } from '../../../src/emulator/index.js';
import { startTestEmulator, type TestEmulator } from '../../helpers/emulator.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../../helpers/gateway.js';
import { ids } from '../../graphql/stack.js';

interface Answer {
  readonly status: number;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: { readonly cost?: Cost };
}

interface Cost {
  readonly estimated: number;
  readonly max: number;
  readonly upstreamCalls: { readonly estimated: number; readonly made: number };
}

type Body = Readonly<Record<string, unknown>> | readonly unknown[];

const headers = { 'content-type': 'application/json', authorization: `Bearer ${demo.token}` };

async function post({ url }: TestGateway, body: Body, more: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, ...more },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

async function get({ url }: TestGateway, query: Readonly<Record<string, string>>): Promise<Answer> {
  const search = new URLSearchParams(query).toString();
  const response = await fetch(`${url}/graphql?${search}`, {
    headers: { authorization: headers.authorization },
  });
  return { status: response.status, ...((await response.json()) as object) };
}

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.forgetRequests());
afterAll(() => emulator.close());

async function expectRejected(answer: Answer, code: string, ...parts: readonly string[]): Promise<void> {
  expect(answer.status).toBe(400);
  expect(answer.data).toBeUndefined();
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors![0]!.extensions).toMatchObject({
    code,
    retryable: false,
    traceId: expect.any(String),
  });
  for (const part of parts) expect(answer.errors![0]!.message).toContain(part);
  expect(await emulator.control.requests()).toEqual([]);
}

const repeated = (count: number, write: (nth: number) => string) =>
  Array.from({ length: count }, (_, nth) => write(nth)).join(' ');

const project = JSON.stringify(ids.project);
const runs = (size: string) =>
  `targetGroups(projectId: ${project}, first: ${size}) { nodes { fieldingRun { status } } }`;
/** Pages in pages: with a size of 100, more than 100,000 calls. */
const nested = (size: string) =>
  `targetGroups(projectId: ${project}, first: ${size}) { nodes { project { targetGroups(first: ${size}) { nodes {
    fieldingRun { status } } } } } }`;

describe.each(['planned', 'graphql-js'])('With the %s executor', (executor) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      env: { GRAPHQL_EXECUTION: executor },
    });
  });
  afterAll(() => gateway.close());

  describe('attacks on the syntax are rejected:', () => {
    const bomb = (levels: number) =>
      `{ ...F0 } ${repeated(levels, (level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`)}
       fragment F${levels} on Query { accounts { id } }`;
    test.each<[string, string, readonly string[]]>([
      [
        'aliases of __typename',
        `{ ${repeated(101, (nth) => `a${nth}: __typename`)} }`,
        ['101 aliases', 'At most 100', 'MAX_ALIASES'],
      ],
      ['2,000 accounts', `{ ${repeated(2000, (nth) => `a${nth}: accounts { id }`)} }`, ['2000 aliases']],
      [
        'aliases in a fragment',
        `{ accounts { ...F } a: accounts { ...F } b: accounts { ...F } } fragment F on Account { ${repeated(40, (nth) => `a${nth}: id`)} }`,
        ['122 aliases'],
      ],
      [
        'field duplication',
        `{ ${repeated(500, () => '__typename')} }`,
        ['500 root fields', 'MAX_ROOT_FIELDS'],
      ],
      [
        'root fields in fragments',
        `{ ...F ... { ...F } } fragment F on Query { ${repeated(26, () => 'accounts { id }')} }`,
        ['52 root fields', 'At most 50'],
      ],
      [
        'field duplication inside',
        `{ accounts { ${repeated(2500, () => 'id')} } }`,
        ['At most 2500', 'MAX_NODES'],
      ],
      [
        'directive overloading, even of unknown ones',
        `{ __typename ${repeated(500, () => '@aa')} }`,
        ['500 directives', 'At most 100', 'MAX_DIRECTIVES'],
      ],
      ['a fragment bomb', bomb(6), ['64 root fields']],
      ['a larger fragment bomb', bomb(400), ['15000 tokens']],
    ])('%s', async (_name, query, parts) => {
      await expectRejected(await post(gateway, { query }), 'BAD_USER_INPUT', ...parts);
      // Nothing that was rejected is taken for a known document.
      await expectRejected(await post(gateway, { query }), 'BAD_USER_INPUT', ...parts);
      if (query.length < 4000) {
        await expectRejected(await get(gateway, { query }), 'BAD_USER_INPUT', ...parts);
      }
    });

    test.each([
      ['circular fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
      [
        'circular introspection',
        `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
      ],
    ])('%s, by validation', async (_name, query) => {
      const { status, data } = await post(gateway, { query });
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(await emulator.control.requests()).toEqual([]);
    });

    test('batches', async () => {
      const { status, data } = await post(gateway, [{ query: '{ accounts { id } }' }]);
      expect({ status, data }).toEqual({ status: 400, data: undefined });
      expect(await emulator.control.requests()).toEqual([]);
    });

    test('variables with too many values', async () => {
      const query =
        'query ($filter: TargetGroupFilter) { ' +
        `targetGroups(projectId: ${project}, filter: $filter) { nodes { id } } }`;
      const variables = { filter: { country: new Array(5000).fill('SE') } };
      await expectRejected(
        await post(gateway, { query, variables }),
        'BAD_USER_INPUT',
        '5000',
        'MAX_VARIABLE_VALUES',
      );
    });
  });

  describe('an operation that costs too much is rejected with its cost:', () => {
    test.each<[string, string, Readonly<Record<string, unknown>> | undefined]>([
      ['a literal', `{ ${nested('100')} }`, undefined],
      ['a variable', `query ($n: Int) { ${nested('$n')} }`, { n: 100 }],
      ['the default of a variable', `query ($n: Int = 100) { ${nested('$n')} }`, undefined],
      [
        'fragments',
        `query ($n: Int) { ...Q } fragment Q on Query { ${repeated(40, (nth) => `a${nth}: ${runs('$n')}`)} }`,
        { n: 100 },
      ],
      [
        'conditions',
        `query ($n: Int, $yes: Boolean!) { ... @include(if: $yes) { ${nested('$n')} } }`,
        { n: 100, yes: true },
      ],
      [
        'edges',
        `{ targetGroups(projectId: ${project}, last: 100, before: "x") { edges { node { project { targetGroups(first: 100) { edges { node { fieldingRun { id } } } } } } } } }`,
        undefined,
      ],
    ])('%s', async (_name, query, variables) => {
      const answer = await post(gateway, { query, variables });
      await expectRejected(answer, 'COST_LIMIT_EXCEEDED', 'the 10000 that are allowed (MAX_COST)');
      const { estimated, max } = answer.errors![0]!.extensions!['cost'] as Cost;
      expect(max).toBe(10_000);
      expect(answer.errors![0]!.message).toContain(`${estimated - max} more than`);
      expect(answer.extensions!.cost).toMatchObject({ estimated, upstreamCalls: { made: 0 } });
    });

    test('for each request, whatever the last one with the same document asked for', async () => {
      const query = `query Nested($n: Int) { ${nested('$n')} }`;
      const ask = async (n: number) => await post(gateway, { query, variables: { n } });
      expect((await ask(1)).errors).toBeUndefined();
      await emulator.control.forgetRequests();
      await expectRejected(await ask(100), 'COST_LIMIT_EXCEEDED');
      expect((await ask(1)).errors).toBeUndefined();
    });

    test('by GET, and as a persisted query', async () => {
      const query = `query ($n: Int) { ${nested('$n')} }`;
      const variables = { n: 100 };
      await expectRejected(
        await get(gateway, { query, variables: JSON.stringify(variables) }),
        'COST_LIMIT_EXCEEDED',
      );
      const sha256Hash = createHash('sha256').update(query).digest('hex');
      const extensions = { persistedQuery: { version: 1, sha256Hash } };
      const cheap = await post(gateway, { query, extensions, variables: { n: 1 } });
      expect(cheap.errors).toBeUndefined();
      await emulator.control.forgetRequests();
      await expectRejected(await post(gateway, { extensions, variables }), 'COST_LIMIT_EXCEEDED');
    });
  });

  test('an operation that skips what costs too much is executed', async () => {
    const query = `query ($yes: Boolean!) { accounts { id } ... @include(if: $yes) { ${nested('100')} } }`;
    expect((await post(gateway, { query, variables: { yes: false } })).errors).toBeUndefined();
  });

  test.each([
    ['accounts', '{ accounts { id name } }', undefined],
    ['a page with runs', `query ($n: Int) { ${runs('$n')} }`, { n: 5 }],
    [
      'people',
      `query ($n: Int) { targetGroups(projectId: ${project}, first: $n) { nodes { projectManager { name } project { name } } } }`,
      { n: 4 },
    ],
    [
      'a draft',
      `{ targetGroup(id: "${ids.targetGroup(demo.draft)}") { name projectManager { name } } }`,
      undefined,
    ],
    [
      'any node',
      `{ node(id: "${ids.run(demo.live)}") { ... on FieldingRun { status targetGroup { name } } } }`,
      undefined,
    ],
    [
      'projects with managers',
      '{ accounts { projects(first: 2) { nodes { projectManager { name } } } } }',
      undefined,
    ],
  ])(
    'the response says how many calls were made, which is no more than was estimated: %s',
    async (_name, query, variables) => {
      const { errors, extensions } = await post(gateway, { query, variables });
      expect(errors).toBeUndefined();
      const { estimated, made } = extensions!.cost!.upstreamCalls;
      expect(made).toBe((await emulator.control.requests()).length);
      expect(made).toBeGreaterThan(0);
      expect(made).toBeLessThanOrEqual(estimated);
    },
  );
});

describe('Limits are settings:', () => {
  async function withGateway(
    env: Readonly<Record<string, string>>,
    use: (gateway: TestGateway) => Promise<void>,
    options: Pick<TestGatewayOptions, 'logger'> = {},
  ) {
    const gateway = await startTestGateway({ ...options, demandApiUrl: emulator.url, env });
    try {
      await use(gateway);
    } finally {
      await gateway.close();
    }
  }
  const runId = JSON.stringify(ids.run(demo.live));

  test('MAX_COST holds for mutations and subscriptions', async () => {
    await withGateway({ MAX_COST: '20' }, async (gateway) => {
      const input = `input: { id: ${runId}, version: "5" }`;
      const mutation = `mutation { pauseFieldingRun(${input}) { fieldingRun { version } } }`;
      await expectRejected(await post(gateway, { query: mutation }), 'COST_LIMIT_EXCEEDED', '20');
      const subscription = `subscription { fieldingRunUpdated(id: ${runId}) { targetGroup { name } } }`;
      const accept = 'application/json, text/event-stream';
      await expectRejected(
        await post(gateway, { query: subscription }, { accept }),
        'COST_LIMIT_EXCEEDED',
        '20',
      );
      expect(await emulator.control.effects()).toEqual([]);
    });
  });

  test('COST_MODE=measure executes what costs more, and says so', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const use = async (gateway: TestGateway) => {
      const query = 'query Mine { accounts { id } }';
      const { errors, data, extensions } = await post(gateway, { query });
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ accounts: expect.any(Array) });
      expect(extensions?.cost).toEqual({
        estimated: 30,
        max: 1,
        upstreamCalls: { estimated: 1, made: 1 },
      });
    };
    await withGateway({ MAX_COST: '1', COST_MODE: 'measure' }, use, { logger });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        msg: 'An operation costs more than MAX_COST.',
        operationName: 'Mine',
        cost: 30,
        maxCost: 1,
        traceId: expect.any(String),
      },
    ]);
  });

  test.each([
    ['MAX_ALIASES', '{ a: accounts { id } }'],
    ['MAX_DIRECTIVES', '{ accounts @skip(if: false) { id } }'],
  ])('%s can forbid them', async (variable, query) => {
    await withGateway({ [variable]: '0' }, async (gateway) => {
      await expectRejected(await post(gateway, { query }), 'BAD_USER_INPUT', variable);
    });
  });

  test('in production, responses say nothing about costs unless they are rejected', async () => {
    await withGateway({ NODE_ENV: 'production', MAX_COST: '30' }, async (gateway) => {
      const { data, extensions } = await post(gateway, { query: '{ accounts { id } }' });
      expect(data).toMatchObject({ accounts: expect.any(Array) });
      expect(extensions).toBeUndefined();
      await emulator.control.forgetRequests();
      const rejected = await post(gateway, { query: `{ ${runs('3')} }` });
      await expectRejected(rejected, 'COST_LIMIT_EXCEEDED');
      expect(rejected.extensions).toBeUndefined();
    });
  });
});
