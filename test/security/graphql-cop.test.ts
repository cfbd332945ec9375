/**
 * The findings of graphql-cop (https://github.com/dolevf/graphql-cop), each as it looks for them, on each transport to which it
 * applies, against the gateway in production.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { EACH_TRANSPORT } from './transports.js';

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
