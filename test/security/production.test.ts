import { afterAll, beforeAll, describe, expect, test, beforeEach } from '@jest/globals';
import type { ApolloServerPlugin } from '@apollo/server';
import { getIntrospectionQuery } from 'graphql';
import type { RequestContext } from '../../src/context.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { EACH_STREAM, EACH_TRANSPORT } from './transports.js';

/** What production hides, over all transports. */
describe('In production', () => {
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
});

/**
 * The findings of graphql-cop (https://github.com/dolevf/graphql-cop), each as it looks for them, on each transport to which it
 * applies, against the gateway in production.
 */
describe('The checks of graphql-cop', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startTestGateway({ demandApiUrl: upstream.url, env: { NODE_ENV: 'production' } });
  });
  beforeEach(() => {
    upstream.reset();
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const CIRCULAR = `{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }`;

  describe.each(EACH_TRANSPORT)('Over %s', (_name, send) => {
    test.each([
      ['introspection', getIntrospectionQuery()],
      ['circular introspection', CIRCULAR],
      ['a field suggestion', '{ acounts { id } }'],
    ])('there is no %s', async (_finding, query) => {
      const { data, errors, text } = await send(gateway.url, { query });
      expect(data ?? undefined).toBeUndefined();
      expect(errors).not.toEqual([]);
      expect(text).not.toMatch(/[Dd]id you mean|"queryType"|"fields":/);
    });

    test('responses contain no trace of the execution', async () => {
      const headers = {
        'apollo-tracing': '1',
        'x-apollo-tracing': '1',
        'apollo-federation-include-trace': 'ftv1',
      };
      const { data, text } = await send(gateway.url, { query: '{ __typename }' }, { headers });
      expect(data).toEqual({ __typename: 'Query' });
      expect(text).not.toMatch(/"(?:tracing|ftv1)"/);
    });

    test('an error has no stack and no exception', async () => {
      for (const query of ['queryy { __typename }', '{ __typename', '{ nothing }', '\u0000']) {
        const { errors, text } = await send(gateway.url, { query });
        expect(errors).not.toEqual([]);
        expect(text).not.toMatch(/exception|stacktrace|\bat \//i);
      }
    });

    const repeated = (count: number, text: (nth: number) => string) =>
      Array.from({ length: count }, (_, nth) => text(nth)).join(' ');

    test.each([
      ['aliases', `{ ${repeated(101, (nth) => `a${nth}: __typename`)} }`],
      ['aliases of a field', `{ ${repeated(101, (nth) => `a${nth}: accounts { id }`)} }`],
      ['directives', `{ __typename ${repeated(101, () => '@include(if: true)')} }`],
      ['directives that do not exist', `{ __typename ${repeated(101, () => '@aa')} }`],
      [
        'fragments that spread each other',
        '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      ],
    ])('there are not too many %s', async (_finding, query) => {
      const { data, errors } = await send(gateway.url, { query });
      expect(data ?? undefined).toBeUndefined();
      expect(errors).not.toEqual([]);
      expect(upstream.requests).toEqual([]);
    });

    test('a field that is repeated 500 times is executed once', async () => {
      upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101, name: 'One' }] } });
      const query = `{ accounts { id ${'name '.repeat(500)} } }`;
      const { errors } = await send(gateway.url, { query });
      if (errors.length === 0) expect(upstream.requests).toHaveLength(1);
      else expect(upstream.requests).toEqual([]);
    });
  });

  describe('Over HTTP', () => {
    const { fetch } = globalThis;
    const json = { 'content-type': 'application/json', authorization: 'Bearer demo' };
    const MUTATION =
      'mutation { pauseTargetGroups(input: { targetGroupIds: ["101/p/t"] }) { batchJob { id } } }';

    test('batches of operations are rejected', async () => {
      const operations = Array.from({ length: 10 }, () => ({ query: '{ accounts { id } }' }));
      const body = JSON.stringify(operations);
      const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers: json, body });
      expect(response.status).toBe(400);
      expect(upstream.requests).toEqual([]);
    });

    test.each(['/', '/graphiql', '/playground', '/console', '/altair', '/graphql/console', '/graphql'])(
      'there is no explorer at %s',
      async (path) => {
        const response = await fetch(gateway.url + path, { headers: { accept: 'text/html' } });
        expect(await response.text()).not.toMatch(/<html|graphiql|playground|sandbox/i);
      },
    );

    test('a query by GET needs a header that causes a preflight', async () => {
      const response = await fetch(`${gateway.url}/graphql?query={__typename}`);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain('"data"');
    });

    test.each([
      ['JSON', 'application/json'],
      ['a stream', 'text/event-stream'],
    ])('mutations by GET are rejected, answered with %s', async (_what, accept) => {
      const headers = { authorization: 'Bearer demo', accept };
      const url = `${gateway.url}/graphql?query=${encodeURIComponent(MUTATION)}`;
      expect(await (await fetch(url, { headers })).text()).toMatch(/"errors"/);
      expect(upstream.requests).toEqual([]);
    });

    test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
      'there is no operation in %s',
      async (contentType) => {
        const response = await fetch(`${gateway.url}/graphql`, {
          method: 'POST',
          headers: { ...json, 'content-type': contentType },
          body: 'query=%7B__typename%7D',
        });
        expect(response.status).toBe(415);
      },
    );
  });
});
