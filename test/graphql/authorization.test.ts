import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLField,
} from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { RequestContext } from '../../src/context.js';
import { demo } from '../../src/emulator/index.js';
import { createSchema } from '../../src/graphql/schema.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type Answer, type TestGateway } from '../helpers/gateway.js';
import { startTestIssuer, type TestIssuer } from '../helpers/issuer.js';
import { callOf, dataOf, ids, inDays, UNKNOWN_ID } from './stack.js';

let issuer: TestIssuer;
let emulator: TestEmulator;
let gateway: TestGateway;
let now = Date.now;
let lastContext: RequestContext | undefined;

beforeAll(async () => {
  issuer = await startTestIssuer();
  emulator = await startTestEmulator();
  gateway = await startTestGateway({
    demandApiUrl: emulator.url,
    env: {
      ...issuer.env,
      UPSTREAM_OAUTH_TOKEN_URL: emulator.tokenUrl,
      UPSTREAM_OAUTH_CLIENT_ID: demo.client.id,
      UPSTREAM_OAUTH_CLIENT_SECRET: demo.client.secret,
      UPSTREAM_OAUTH_AUDIENCE: demo.apiAudience,
    },
    now: () => now(),
    plugins: [
      {
        requestDidStart: ({ contextValue }) => {
          lastContext = contextValue;
          return Promise.resolve();
        },
      },
    ],
  });
});
beforeEach(async () => {
  now = Date.now;
  await emulator.control.forgetRequests();
});
afterAll(async () => {
  await gateway.close();
  await emulator.close();
  await issuer.close();
});

/** Without requests for the gateway's own token. */
const calls = async () =>
  (await emulator.control.requests()).filter(({ path }) => !path.startsWith('/oauth/')).map(callOf);

type Variables = Readonly<Record<string, unknown>>;
type RootField = GraphQLField<unknown, unknown>;

const schema = createSchema();
const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
const fields = [...queries, ...mutations];

/** Arguments of every field that work on account 101. */
const run = { id: ids.run(demo.live), version: '5' };
const groups = { targetGroupIds: [ids.targetGroup(demo.live), ids.targetGroup(demo.secondLive)] };
const ARGUMENTS: Readonly<Record<string, Variables>> = {
  account: { id: ids.account },
  accounts: {},
  batchJob: { id: ids.job('pause', UNKNOWN_ID) },
  draftLaunchJob: { id: ids.draftJob('launch', UNKNOWN_ID) },
  fieldingRun: { id: ids.run(demo.live) },
  node: { id: ids.project },
  project: { id: ids.project },
  projects: { accountId: ids.account, filter: { projectManagerId: '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01' } },
  targetGroup: { id: ids.targetGroup(demo.live) },
  targetGroupByRawId: { targetGroupId: demo.live.targetGroupId },
  targetGroups: {
    projectId: ids.project,
    filter: { projectManagerId: '3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01' },
  },
  targetGroupTransitions: {
    projectId: ids.project,
    selection: {
      includedTargetGroupIds: groups.targetGroupIds,
      excludedTargetGroupIds: [ids.targetGroup(demo.paused)],
    },
  },
  launchNow: { input: run },
  pauseFieldingRun: { input: run },
  resumeFieldingRun: { input: run },
  completeFieldingRun: { input: run },
  relaunchFieldingRun: { input: run },
  updateFieldingPeriod: { input: { ...run, startAt: inDays(1), endAt: inDays(2) } },
  pauseTargetGroups: { input: groups },
  resumeTargetGroups: { input: groups },
  launchTargetGroups: { input: groups },
  completeTargetGroups: { input: groups },
  relaunchTargetGroups: { input: groups },
  launchDraftTargetGroup: { input: { id: ids.targetGroup(demo.draft), endAt: inDays(2) } },
  scheduleDraftTargetGroup: {
    input: { id: ids.targetGroup(demo.draft), startAt: inDays(1), endAt: inDays(2) },
  },
};

/** Ids without an account, so that they name nothing of another one by themselves. */
const RAW_IDS = new Set([
  'projects.filter.projectManagerId',
  'targetGroups.filter.projectManagerId',
  'targetGroupByRawId.targetGroupId',
]);

function documentOf({ name, args, type }: RootField): string {
  const kind = queries.some((query) => query.name === name) ? 'query' : 'mutation';
  const given = args.filter((arg) => arg.name in (ARGUMENTS[name] ?? {}));
  const variables = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const values = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isObjectType(getNamedType(type)) ? '{ __typename }' : '{ id }';
  return `${kind} ${variables && `(${variables})`} { ${name} ${values && `(${values})`} ${selection} }`;
}

async function call(field: RootField, variables: Variables, token: string): Promise<Answer<unknown>> {
  return await gateway.execute<unknown, Variables>(documentOf(field), variables, { token });
}

function expectForbidden({ status, data, errors }: Answer<unknown>, field: string, message: string): void {
  expect({ status, data }).toEqual({ status: 200, data: { [field]: null } });
  expect(errors).toEqual([
    {
      message: expect.stringContaining(message),
      locations: expect.any(Array),
      path: [field],
      extensions: { code: 'FORBIDDEN', retryable: false, traceId: expect.any(String) },
    },
  ]);
}

describe('scopes', () => {
  test('every field of Query and Mutation needs one', () => {
    const { authorizedFields, queries: ofQuery, mutations: ofMutation } = getMetadataStorage();
    const rolesOf = (names: typeof ofQuery) =>
      Object.fromEntries(
        names.map(({ schemaName, methodName, target }) => [
          schemaName,
          authorizedFields.find((each) => each.target === target && each.fieldName === methodName)?.roles,
        ]),
      );
    const all = (names: readonly RootField[], scope: string) =>
      Object.fromEntries(names.map(({ name }) => [name, [scope]]));
    expect(rolesOf(ofQuery)).toEqual(all(queries, 'fielding:read'));
    expect(rolesOf(ofMutation)).toEqual(all(mutations, 'fielding:operate'));
  });

  /** The results of mutations, which the scope to operate includes; and what is computed without a call. */
  const WITHOUT_SCOPE = [
    'BatchJob.pollAfterSeconds',
    'BatchJobPayload.batchJob',
    'DraftLaunchJob.pollAfterSeconds',
    'DraftLaunchJobPayload.draftLaunchJob',
    'FieldingRun.availableActions',
    'FieldingRunPayload.fieldingRun',
    'InvalidStateError.current',
    'Project.account',
    'VersionConflictError.current',
  ];

  test('every other field with a resolver needs the scope to read', () => {
    const { authorizedFields, fieldResolvers, objectTypes } = getMetadataStorage();
    const resolvers = fieldResolvers.flatMap(({ target, methodName, schemaName, getObjectType }) => {
      const type = objectTypes.find((each) => each.target === getObjectType?.());
      if (type === undefined || type.target === target) return [];
      const authorized = authorizedFields.find(
        (each) => each.target === target && each.fieldName === methodName,
      );
      return [{ name: `${type.name}.${schemaName}`, scopes: authorized?.roles }];
    });
    const without = resolvers.filter(({ scopes }) => scopes === undefined).map(({ name }) => name);
    expect(without.sort()).toEqual(WITHOUT_SCOPE);
    expect(resolvers.length).toBeGreaterThan(2 * WITHOUT_SCOPE.length);
    for (const { scopes } of resolvers) expect([undefined, ['fielding:read']]).toContainEqual(scopes);
  });

  test('the scope to operate shows the result of a change, and nothing further', async () => {
    const operator = await issuer.token({ claims: { scope: 'fielding:operate' } });
    const { data, errors } = await gateway.execute(
      `mutation { launchNow(input: { id: "${run.id}", version: "4" }) { userErrors {
        ... on VersionConflictError { current { status targetGroup { project { name } } } } } } }`,
      {},
      { token: operator },
    );
    expect(data).toEqual({
      launchNow: { userErrors: [{ current: { status: expect.any(String), targetGroup: null } }] },
    });
    expect(errors).toMatchObject([
      {
        path: ['launchNow', 'userErrors', 0, 'current', 'targetGroup'],
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  });

  test('every field is called here', () => {
    expect(Object.keys(ARGUMENTS).sort()).toEqual(fields.map(({ name }) => name).sort());
  });

  const TOKENS: readonly [string, unknown][] = [
    ['no scopes', undefined],
    ['other scopes', 'openid fielding'],
    ['the scope of the other fields', 'other'],
  ];
  describe.each(TOKENS)('with %s', (_what, scope) => {
    test.each(fields.map((field): [string, RootField] => [field.name, field]))(
      '%s is forbidden',
      async (name, field) => {
        const [needed, other] = queries.includes(field)
          ? ['fielding:read', 'fielding:operate']
          : ['fielding:operate', 'fielding:read'];
        const token = await issuer.token({ claims: { scope: scope === 'other' ? other : scope } });
        expectForbidden(await call(field, ARGUMENTS[name] ?? {}, token), name, `\`${needed}\``);
        expect(await calls()).toEqual([]);
      },
    );
  });

  test('the scope to read lets read, and the scope to operate lets change', async () => {
    const reader = await issuer.token({ claims: { scope: ['fielding:read'] } });
    const read = await gateway.execute('{ accounts { id name } }', {}, { token: reader });
    expect(dataOf(read)).toEqual({ accounts: [{ id: '101', name: expect.any(String) }] });
    const operator = await issuer.token({ claims: { scope: ['fielding:operate'] } });
    const changed = await gateway.execute(
      `mutation { pauseFieldingRun(input: { id: "${run.id}", version: "5" }) {
        fieldingRun { status } userErrors { message } } }`,
      {},
      { token: operator },
    );
    expect(dataOf(changed)).toEqual({
      pauseFieldingRun: { fieldingRun: { status: 'PAUSED' }, userErrors: [] },
    });
  });

  test('introspection needs none', async () => {
    const token = await issuer.token({ claims: { scope: undefined, accounts: undefined } });
    expect(dataOf(await gateway.execute('{ __typename }', {}, { token }))).toEqual({ __typename: 'Query' });
  });
});

/** The paths of the values of type ID, e.g. `input.targetGroupIds.1`, in the arguments of a field. */
function idPaths({ name, args }: RootField): string[] {
  const visit = (type: GraphQLInputType, path: string): string[] => {
    if (isNonNullType(type)) return visit(type.ofType, path);
    // The last of two, so that the first does not stand for it.
    if (isListType(type)) return visit(type.ofType, `${path}.${lengthAt(name, path) - 1}`);
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).flatMap((field) => visit(field.type, `${path}.${field.name}`));
    }
    return type.name === 'ID' ? [path] : [];
  };
  return args.flatMap(({ name: arg, type }: GraphQLArgument) => visit(type, arg));
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((each, part) => (each as Variables | undefined)?.[part], value);
}

function lengthAt(field: string, path: string): number {
  const list = at(ARGUMENTS[field], path);
  return Array.isArray(list) ? list.length : 1;
}

/** A copy with another value at a path. */
function withAt(value: unknown, [part, ...rest]: readonly string[], replacement: unknown): unknown {
  if (part === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[part] = withAt(copy[part], rest, replacement);
  return copy;
}

const idArguments = fields.flatMap((field) =>
  idPaths(field)
    .filter((path) => !RAW_IDS.has(`${field.name}.${path}`))
    .map((path): [string, RootField] => [`${field.name}.${path}`, field]),
);

describe('ids of another account', () => {
  let token: string;
  beforeAll(async () => {
    token = await issuer.token();
  });

  test('all arguments of type ID have one here', () => {
    expect(idArguments.length).toBeGreaterThan(fields.length - 3);
    for (const [path, { name }] of idArguments) {
      expect(at({ [name]: ARGUMENTS[name] }, path)).toMatch(/^101\b/);
    }
  });

  test.each(idArguments)('%s is forbidden before any call', async (path, field) => {
    const { name } = field;
    const own = at({ [name]: ARGUMENTS[name] }, path) as string;
    for (const id of [own.replace(/^101/, '202'), own.replace(/^101/, '999'), own.replace(/^101/, '10')]) {
      const [, ...rest] = path.split('.');
      const variables = withAt(ARGUMENTS[name], rest, id) as Variables;
      expectForbidden(await call(field, variables, token), name, `\`${id.split('/')[0]}\``);
    }
    expect(await calls()).toEqual([]);
  });

  test('is forbidden before anything else in the input is looked at', async () => {
    const operations = [
      `updateFieldingPeriod(input: { id: "${ids.other.run}", version: "1", startAt: "2020-01-02T00:00:00Z",
         endAt: "2020-01-01T00:00:00Z" }) { userErrors { message } }`,
      `pauseTargetGroups(input: { targetGroupIds: ["${ids.other.targetGroup}", "101"], idempotencyKey: "" }) {
         userErrors { message } }`,
      `pauseTargetGroups(input: { targetGroupIds: ["101", "${ids.other.targetGroup}"], idempotencyKey: "" }) {
         userErrors { message } }`,
      `launchNow(input: { id: "${ids.other.account}", version: "1" }) { userErrors { message } }`,
    ];
    for (const operation of operations) {
      const { errors } = await gateway.execute(`mutation { ${operation} }`, {}, { token });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(await calls()).toEqual([]);
  });

  test.each([
    ...Object.entries(ids.other),
    ['job', `${ids.other.project}/pause/${UNKNOWN_ID}`],
    ['draft job', `${ids.other.targetGroup}/launch-from-draft/${UNKNOWN_ID}`],
  ])('node is forbidden for the id of %s', async (_kind, id) => {
    const answer = await gateway.execute(`{ node(id: "${id}") { id } }`, {}, { token });
    expectForbidden(answer, 'node', '`202`');
    expect(await calls()).toEqual([]);
  });

  test('do not fail the fields beside them', async () => {
    const { data, errors } = await gateway.execute(
      `{ own: project(id: "${ids.project}") { id } other: project(id: "${ids.other.project}") { id } }`,
      {},
      { token },
    );
    expect(data).toEqual({ own: { id: ids.project }, other: null });
    expect(errors).toMatchObject([{ path: ['other'], extensions: { code: 'FORBIDDEN' } }]);
    expect((await calls()).filter((path) => path.includes('202'))).toEqual([]);
  });

  test('are allowed with an account of their own', async () => {
    const both = await issuer.token({ claims: { accounts: ['101', '202'] } });
    const answer = await gateway.execute(`{ node(id: "${ids.other.project}") { id } }`, {}, { token: both });
    expect(dataOf(answer)).toEqual({ node: { id: ids.other.project } });
  });

  test('cannot be called by any method of the client', async () => {
    await gateway.execute('{ __typename }', {}, { token });
    const { client, loaders } = lastContext!;
    const account = { accountId: '202' };
    const project = { ...account, projectId: demo.other.projectId };
    const targetGroup = { ...project, targetGroupId: demo.other.live.targetGroupId };
    const fieldingRun = { ...targetGroup, fieldingRunId: demo.other.live.fieldingRunId };
    const attempts = [
      client.listUsers(account),
      client.listProjects(account, {}),
      client.getProject(project),
      client.computeTargetGroupTransitions(project, {}),
      client.getFieldingRun(fieldingRun),
      client.pauseFieldingRun(fieldingRun, '1'),
      client.createDraftLaunchJob(
        targetGroup,
        { action: 'launch-from-draft', request: { end_fielding_at: inDays(1) } },
        'key',
      ),
      loaders.users.load(account),
      loaders.targetGroupOverview.load(targetGroup),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await calls()).toEqual([]);
  });

  test('a reader cannot change anything through the client', async () => {
    const reader = await issuer.token({ claims: { scope: 'fielding:read' } });
    await gateway.execute('{ __typename }', {}, { token: reader });
    const ref = { accountId: '101', projectId: demo.projectId, ...demo.live };
    await expect(lastContext!.client.pauseFieldingRun(ref, '5')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await calls()).toEqual([]);
  });
});

describe('accounts', () => {
  test.each([
    [[101], ['101']],
    [['202'], ['202']],
    [
      [101, 202],
      ['101', '202'],
    ],
    [[999], []],
    [undefined, []],
    [['*'], []],
  ])('of the claim %j are %j', async (accounts, expected) => {
    const token = await issuer.token({ claims: { accounts } });
    const answer = await gateway.execute('{ accounts { id } }', {}, { token });
    expect(dataOf(answer)).toEqual({ accounts: expected.map((id) => ({ id })) });
  });
});

describe('targetGroupByRawId', () => {
  const ask = async (targetGroupId: string) =>
    await gateway.execute(
      `{ targetGroupByRawId(targetGroupId: "${targetGroupId}") { id name project { name } } }`,
      {},
      { token: await issuer.token() },
    );

  test('finds a target group of the own account', async () => {
    expect(dataOf(await ask(demo.live.targetGroupId))).toMatchObject({
      targetGroupByRawId: { id: ids.targetGroup(demo.live), project: { name: expect.any(String) } },
    });
  });

  test("shows another account's like one that does not exist", async () => {
    const other = await ask(demo.other.live.targetGroupId);
    expect(await calls()).toEqual([`GET /demand/target-groups/${demo.other.live.targetGroupId}/overview`]);
    const unknown = await ask(UNKNOWN_ID);
    for (const answer of [other, unknown]) expect(dataOf(answer)).toEqual({ targetGroupByRawId: null });
  });
});

test('a token that expires between two operations of one connection is rejected by the second', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  const token = await issuer.token();
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(
        `${gateway.url}/graphql`,
        {
          agent,
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        },
        (response) => {
          sockets.add(response.socket);
          response.resume().on('end', () => {
            resolve(response.statusCode);
          });
        },
      )
        .on('error', reject)
        .end('{"query":"{ __typename }"}');
    });
  try {
    expect(await ask()).toBe(200);
    now = () => Date.now() + 304_000;
    expect(await ask()).toBe(200);
    now = () => Date.now() + 306_000;
    expect(await ask()).toBe(401);
    expect(sockets.size).toBe(1);
    now = Date.now;
    expect(await ask()).toBe(200);
  } finally {
    agent.destroy();
  }
});
