/** Lists of operations over HTTP, as Apollo Client's `BatchHttpLink` sends them. */
import { ApolloClient, CombinedGraphQLErrors, gql, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import type { ApolloServerPlugin } from '@apollo/server';
import { RequestError } from '../../src/operations/request/request-error.js';
import type { TestGatewayOptions } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';
import {
  liveRunId,
  RUN,
  RUN_UPDATED,
  startLiveFixture,
  webSocketUrl,
  type LiveFixture,
} from '../live/live-fixture.js';
import { WebSocket } from 'ws';

const variables = { id: liveRunId };
const run = { query: RUN, variables };
const ran = { data: { fieldingRun: { status: 'LIVE', version: '5' } } };

let fixture: LiveFixture | undefined;
afterEach(() => fixture?.close());

async function start(options: Partial<TestGatewayOptions> = {}): Promise<LiveFixture> {
  fixture = await startLiveFixture({ ...options, env: { MAX_BATCH_SIZE: '5', ...options.env } });
  return fixture;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${fixture!.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const error = (code: string, message: unknown = expect.any(String)) => ({
  errors: [{ message, extensions: expect.objectContaining({ code }) }],
});
const upstream = async () => (await fixture!.emulator.control.requests()).length;

test('a batch is rejected by default, with an error that names the variable', async () => {
  await start({ env: { MAX_BATCH_SIZE: '0' } });
  for (const body of [[run], [], '[not json']) {
    expect(await post(body)).toMatchObject({
      status: 400,
      body: error('BAD_USER_INPUT', expect.stringContaining('`MAX_BATCH_SIZE`')),
    });
  }
  expect(await upstream()).toBe(0);
});

test('a batch of too many operations is rejected as a whole, with an error that names the variable', async () => {
  await start();
  expect(await post(Array(6).fill(run))).toMatchObject({
    status: 400,
    body: error('BAD_USER_INPUT', 'The body is a list of 6 operations. `MAX_BATCH_SIZE` allows 5 of them.'),
  });
  expect(await upstream()).toBe(0);
  expect((await post(Array(5).fill(run))).body).toEqual(Array(5).fill(ran));
});

test('the results come in the order of the operations, each with its own errors', async () => {
  await start();
  const { status, headers, body } = await post([
    run,
    { query: '{ wrong }' },
    { query: '{' },
    { query: RUN_UPDATED, variables },
    { query: RUN, variables: { id: 'wrong' } },
  ]);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(body).toEqual([
    ran,
    {
      errors: [
        expect.objectContaining({
          extensions: expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' }),
        }),
      ],
    },
    {
      errors: [
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'GRAPHQL_PARSE_FAILED' }) }),
      ],
    },
    error('BAD_USER_INPUT', expect.stringContaining('A subscription cannot be answered with JSON')),
    expect.objectContaining({ errors: [expect.objectContaining({ path: ['fieldingRun'] })] }),
  ]);
  expect(await upstream()).toBe(1);
});

test('an element that is not an operation gets its own error', async () => {
  await start();
  const { status, body } = await post([run, 5, null, [run], { query: 5 }]);
  const wrong = error(
    'BAD_USER_INPUT',
    expect.stringContaining('Each operation of a list must be a JSON object'),
  );
  expect(status).toBe(200);
  expect(body).toEqual([ran, wrong, wrong, wrong, error('BAD_USER_INPUT', '`query` must be a string.')]);
});

test.each([
  ['[]', 400, /without operations/],
  ['[{]', 400, /not valid JSON/],
  ['[{"__proto__":{}}]', 400, /__proto__/],
  [`[{"query":"${'#'.repeat(1024 * 1024)}"}]`, 413, /too large/],
])('a body is rejected as a whole: %.20s', async (text, status, message) => {
  await start();
  expect(await post(text)).toMatchObject({
    status,
    body: error('BAD_USER_INPUT', expect.stringMatching(message)),
  });
});

test.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
  'a client that accepts nothing but %s gets no batch',
  async (accept) => {
    await start();
    const response = await fetch(`${fixture!.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer demo', accept },
      body: JSON.stringify([run]),
    });
    expect(await response.text()).toContain('must allow JSON');
    expect(await upstream()).toBe(0);
  },
);

test('a client that also accepts a stream gets a list', async () => {
  await start();
  const accept = 'multipart/mixed;subscriptionSpec=1.0, application/graphql-response+json';
  const { headers, body } = await post([run, { query: RUN_UPDATED, variables }], { accept });
  expect(headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
  expect(body).toEqual([ran, error('BAD_USER_INPUT')]);
});

test('each operation calls the hooks of plugins, with its own context', async () => {
  const calls: string[] = [];
  const contexts = new Set<object>();
  const plugin: ApolloServerPlugin = {
    requestDidStart: ({ request, contextValue }) => {
      contexts.add(contextValue);
      calls.push(`start ${request.operationName} ${JSON.stringify(request.http?.body)}`);
      return Promise.resolve({
        willSendResponse: ({ response, operationName }) => {
          calls.push(`send ${operationName}`);
          response.http.headers.set(`x-${operationName}`, 'sent');
          return Promise.resolve();
        },
      });
    },
  };
  await start({ plugins: [plugin] });
  const operations = ['A', 'B'].map((name) => ({
    query: `query ${name} { __typename }`,
    operationName: name,
  }));
  const { headers } = await post(operations);
  expect(calls.sort()).toEqual([
    'send A',
    'send B',
    ...operations.map((each) => `start ${each.operationName} ${JSON.stringify(each)}`),
  ]);
  expect(contexts.size).toBe(2);
  expect([headers.get('x-a'), headers.get('x-b')]).toEqual(['sent', 'sent']);
});

test('plugins set headers of the response, and not its status', async () => {
  const plugin: ApolloServerPlugin = {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ response, operationName }) {
          if (operationName === 'A') response.http.status = 418;
          response.http.headers.set('x-last', operationName ?? '');
          return Promise.resolve();
        },
      }),
  };
  await start({ plugins: [plugin] });
  const { status, headers } = await post(
    ['A', 'B'].map((name) => ({ query: `query ${name} { __typename }`, operationName: name })),
  );
  expect([status, headers.get('x-last')]).toEqual([200, 'B']);
});

test('each operation is authenticated, and a batch whose caller is not has the status', async () => {
  let authentications = 0;
  let failures = 0;
  await start({
    plugins: [{ contextCreationDidFail: () => Promise.resolve(void (failures += 1)) }],
    authenticate: () => {
      authentications += 1;
      throw new RequestError(401, 'No.', {
        code: 'UNAUTHENTICATED',
        headers: { 'www-authenticate': 'Bearer' },
      });
    },
  });
  const { status, headers, body } = await post([run, run]);
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(body).toEqual([error('UNAUTHENTICATED'), error('UNAUTHENTICATED')]);
  expect(authentications).toBe(2);
  // Apollo Server creates one context for a batch.
  expect(failures).toBe(1);
});

test('each operation counts as a request in flight', async () => {
  await start({ env: { MAX_REQUESTS_IN_FLIGHT: '2' } });
  await fixture!.emulator.control.faults.add({ path: '/fielding-runs/', delay_ms: 200 });
  const differing = Array.from({ length: 5 }, (_, nth) => ({
    query: `{ a${nth}: ${RUN.slice(RUN.indexOf('fieldingRun('), -2).replace('$id', `"${liveRunId}"`)} }`,
  }));
  const { status, headers, body } = await post(differing);
  const codes = (body as { errors?: { extensions: { code: string } }[] }[]).map(
    ({ errors }) => errors?.[0]?.extensions.code,
  );
  expect(codes).toEqual([undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
  expect([status, headers.get('retry-after')]).toEqual([200, '1']);
});

test('mutations of a batch are executed, each once', async () => {
  await start();
  const pause = {
    query: `mutation($input: PauseFieldingRunInput!) { pauseFieldingRun(input: $input) { fieldingRun { status } userErrors { message } } }`,
    variables: { input: { id: liveRunId, version: '5' } },
  };
  const { body } = await post([pause, { query: '{ __typename }' }]);
  expect(body).toEqual([
    { data: { pauseFieldingRun: { fieldingRun: { status: 'PAUSED' }, userErrors: [] } } },
    { data: { __typename: 'Query' } },
  ]);
  const changes = (await fixture!.emulator.control.requests()).filter(({ method }) => method === 'POST');
  expect(changes).toHaveLength(1);
});

test('batches are not supported over WebSocket', async () => {
  await start();
  const socket = new WebSocket(webSocketUrl(fixture!.gateway), 'graphql-transport-ws');
  let code: number | undefined;
  socket.on('close', (given) => (code = given));
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer demo' } }));
  });
  socket.once('message', () => {
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: [run] }));
  });
  await until(() => code !== undefined);
  expect(code).toBe(4400);
  expect(await upstream()).toBe(0);
});

test('BatchHttpLink gets each result to its query', async () => {
  await start();
  let requests = 0;
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: new BatchHttpLink({
      uri: `${fixture!.gateway.url}/graphql`,
      headers: { authorization: 'Bearer demo' },
      batchInterval: 5,
      fetch: (...request) => {
        requests += 1;
        return fetch(...request);
      },
    }),
  });
  const ask = (text: string) =>
    client.query({ query: gql(text), variables, fetchPolicy: 'no-cache' }).catch((thrown: unknown) => thrown);
  const [status, wrong, version] = await Promise.all([
    ask('query A($id: ID!) { fieldingRun(id: $id) { status } }'),
    ask('query B($id: ID!) { fieldingRun(id: $id) { wrong } }'),
    ask('query C($id: ID!) { fieldingRun(id: $id) { version } }'),
  ]);
  expect(status).toMatchObject({ data: { fieldingRun: { status: 'LIVE' } } });
  expect(version).toMatchObject({ data: { fieldingRun: { version: '5' } } });
  expect(CombinedGraphQLErrors.is(wrong) && wrong.errors[0]?.extensions).toMatchObject({
    code: 'GRAPHQL_VALIDATION_FAILED',
  });
  expect(requests).toBe(1);
  client.stop();
});
