/** What production hides, over all transports. */
import type { ApolloServerPlugin } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestContext } from '../../src/context.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { EACH_STREAM, EACH_TRANSPORT } from './transports.js';

const SECRET = 'the password is swordfish';

/** Fails where an operation is called `Fail` or `FailLate`. */
const failing: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operationName }) {
        return operationName === 'Fail' ? Promise.reject(new Error(SECRET)) : Promise.resolve();
      },
      executionDidStart({ operationName }) {
        return operationName === 'FailLate' ? Promise.reject(new Error(SECRET)) : Promise.resolve();
      },
    }),
};

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101, name: 'One' }] } });
  upstream.on('GET', /fielding-runs/, { status: 500, body: { detail: SECRET } });
  gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    env: { NODE_ENV: 'production', DEMAND_API_MAX_ATTEMPTS: '1' },
    plugins: [failing],
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const STACK = /\bat (?:\S+ \()?(?:file:|node:|\/)|stacktrace|node_modules|\.ts:\d/;

describe.each(EACH_TRANSPORT)('Over %s', (_name, send) => {
  test('operations are executed', async () => {
    const { data, errors } = await send(gateway.url, { query: '{ accounts { id } __typename }' });
    expect({ data, errors }).toEqual({
      data: { accounts: [{ id: '101' }], __typename: 'Query' },
      errors: [],
    });
  });

  test.each([
    ['the schema', '{ __schema { types { name } } }'],
    ['a type', '{ __type(name: "Account") { fields { name } } }'],
    ['the schema, under an alias', '{ a: __schema { queryType { name } } }'],
    ['the schema, in a fragment', 'query { ...F } fragment F on Query { __schema { queryType { name } } }'],
  ])('nobody learns %s', async (_what, query) => {
    const before = upstream.requests.length;
    const { data, errors, text } = await send(gateway.url, { query });
    expect(data ?? undefined).toBeUndefined();
    expect(errors).not.toEqual([]);
    expect(text).not.toMatch(/"(?:queryType|types|fields)":/);
    expect(upstream.requests).toHaveLength(before);
  });

  test.each([
    ['field', '{ acounts { id } }'],
    ['argument', '{ account(ident: "1") { id } }'],
    ['type', '{ node(id: "1") { ... on Acount { id } } }'],
    ['value', 'query ($a: Str) { account(id: $a) { id } }'],
  ])('no %s is suggested', async (_what, query) => {
    const { errors, text } = await send(gateway.url, { query });
    expect(errors).not.toEqual([]);
    expect(text).not.toMatch(/[Dd]id you mean|\baccounts\b|\bAccount\b/);
  });

  test.each(['Fail', 'FailLate'])('a defect is masked (%s)', async (operationName) => {
    const query = `query ${operationName} { accounts { id } }`;
    const { errors, text } = await send(gateway.url, { query, operationName });
    expect(errors).toEqual([
      {
        message: 'The gateway failed.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, traceId: expect.any(String) },
      },
    ]);
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(STACK);
  });

  test("the API's messages about its own failures are not passed on", async () => {
    const { errors, text } = await send(gateway.url, {
      query: '{ fieldingRun(id: "101/p/t/r") { status } }',
    });
    expect(errors).not.toEqual([]);
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(STACK);
  });
});

test.each(EACH_STREAM)('A subscription over %s suggests nothing', async (_name, send) => {
  const { errors, text } = await send(gateway.url, {
    query: 'subscription { fieldingRunUpdate(id: "1") { id } }',
  });
  expect(errors).not.toEqual([]);
  expect(text).not.toMatch(/did you mean|fieldingRunUpdated/i);
});

test.each([
  ['/', 404],
  ['/graphiql', 404],
  ['/graphql', 400],
])('%s shows no explorer', async (path, status) => {
  const response = await fetch(gateway.url + path, { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
});
