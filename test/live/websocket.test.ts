/** Operations over WebSocket, with the clients that people use. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { WebSocket } from 'ws';
import { until } from '../helpers/until.js';
import {
  liveRunId,
  RUN,
  RUN_UPDATED,
  runUpdated,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  webSocketUrl,
  type LiveFixture,
} from './live-fixture.js';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await startLiveFixture();
});
afterAll(() => fixture.close());

/** Executes an operation of one result. */
async function execute(
  payload: Readonly<Record<string, unknown>>,
  connectionParams?: Record<string, unknown>,
): Promise<ReceivedResults> {
  const client = webSocketClient(fixture.gateway, connectionParams && { connectionParams });
  const received = new ReceivedResults();
  client.subscribe(payload as { query: string }, received.sink);
  await until(() => received.end !== undefined);
  await client.dispose();
  return received;
}

describe('A client of graphql-ws', () => {
  test('gets the current state and each newer one', async () => {
    const client = webSocketClient(fixture.gateway);
    const received = new ReceivedResults();
    const unsubscribe = client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    const second = await fixture.change();
    await until(() => received.runs.length === 2);
    const third = await fixture.change();
    await until(() => received.runs.length === 3);
    expect(received.runs.slice(1)).toEqual([second, third]);
    unsubscribe();
    await until(() => received.end === 'complete');
    await client.dispose();
  });

  test('gets the change of a mutation on the same connection', async () => {
    const client = webSocketClient(fixture.gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    const [{ status, version }] = received.runs as [{ status: string; version: string }];
    const field = status === 'LIVE' ? 'pauseFieldingRun' : 'resumeFieldingRun';
    const results = [];
    const mutation = `mutation M($input: PauseFieldingRunInput!) { ${field}(input: $input) { fieldingRun { version } userErrors { code } } }`;
    for await (const result of client.iterate({
      query: status === 'LIVE' ? mutation : mutation.replace('PauseF', 'ResumeF'),
      variables: { input: { id: liveRunId, version } },
    })) {
      results.push(result);
    }
    const newer = String(Number(version) + 1);
    expect(results).toEqual([{ data: { [field]: { fieldingRun: { version: newer }, userErrors: [] } } }]);
    await until(() => received.runs.length === 2);
    expect(received.runs[1]).toMatchObject({ version: newer });
    await client.dispose();
  });

  test('can send any operation', async () => {
    const { results, end } = await execute({ query: RUN, variables: { id: liveRunId } });
    expect(results).toEqual([
      { data: { fieldingRun: { status: expect.any(String), version: expect.any(String) } } },
    ]);
    expect(end).toBe('complete');
  });

  test('gets a partial result with its errors', async () => {
    const query = `query($id: ID!) { a: fieldingRun(id: $id) { version } b: fieldingRun(id: "wrong") { version } }`;
    const { results } = await execute({ query, variables: { id: liveRunId } });
    expect(results).toMatchObject([
      {
        data: { a: { version: expect.any(String) }, b: null },
        errors: [{ path: ['b'], extensions: { code: 'BAD_USER_INPUT', traceId: expect.any(String) } }],
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['is not valid', { query: '{ wrong }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['cannot be parsed', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['is empty', { query: '' }, 'BAD_REQUEST'],
    [
      'has another name',
      { query: 'query Q { __typename } query R { __typename }', operationName: 'X' },
      'BAD_USER_INPUT',
    ],
    [
      'leaves out a fragment with the field of its subscription',
      {
        query: `subscription { ...F } fragment F on Subscription { ... @include(if: false) { fieldingRunUpdated(id: "${liveRunId}") { version } } }`,
      },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'leaves out the field of its subscription',
      { query: `subscription { fieldingRunUpdated(id: "${liveRunId}") @skip(if: true) { version } }` },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'is a subscription with a malformed id',
      { query: RUN_UPDATED, variables: { id: 'wrong' } },
      'BAD_USER_INPUT',
    ],
    ['is a subscription without its variable', { query: RUN_UPDATED }, 'BAD_USER_INPUT'],
    [
      'names an unknown persisted query',
      { query: '', extensions: persisted('{ x: __typename }') },
      'PERSISTED_QUERY_NOT_FOUND',
    ],
  ])('gets the error of an operation that %s, without a result', async (_, payload, code) => {
    const { results, end } = await execute(payload);
    expect(results).toEqual([]);
    expect(end).toMatchObject([{ extensions: { code, retryable: false, traceId: expect.any(String) } }]);
  });

  test('gets the error of a run that does not exist, before anything else', async () => {
    const id = liveRunId.replace(/.$/, 'X');
    const { results, end } = await execute({ query: RUN_UPDATED, variables: { id } });
    expect(results).toEqual([]);
    expect(end).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('can name a persisted query', async () => {
    const extensions = persisted(RUN_UPDATED);
    const client = webSocketClient(fixture.gateway);
    const registered = new ReceivedResults();
    client.subscribe({ ...runUpdated, extensions }, registered.sink);
    await until(() => registered.runs.length === 1);
    const received = new ReceivedResults();
    client.subscribe({ ...runUpdated, query: '', extensions }, received.sink);
    await until(() => received.runs.length === 1);
    expect(received.runs).toEqual(registered.runs);
    await client.dispose();
  });

  test.each<[string, Record<string, unknown>]>([
    ['as Apollo Sandbox writes them', { Authorization: 'Bearer demo' }],
    ['in lower case', { authorization: 'Bearer demo' }],
    ['in capitals', { AUTHORIZATION: 'Bearer demo' }],
    ['nested', { headers: { Authorization: 'Bearer demo' } }],
  ])('authenticates by headers in connectionParams, %s', async (_, connectionParams) => {
    const { results } = await execute({ query: RUN, variables: { id: liveRunId } }, connectionParams);
    expect(results).toMatchObject([{ data: { fieldingRun: { status: expect.any(String) } } }]);
  });

  test('learns from its operation that it is not authenticated; its connection stays open', async () => {
    const client = webSocketClient(fixture.gateway, { connectionParams: { authorization: 'Bearer wrong' } });
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.end !== undefined);
    expect(received.end).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const other = new ReceivedResults();
    client.subscribe({ query: '{ __typename }' }, other.sink);
    await until(() => other.end !== undefined);
    expect(other.results).toEqual([{ data: { __typename: 'Query' } }]);
    await client.dispose();
  });
});

test('Apollo Client subscribes over GraphQLWsLink', async () => {
  const webSocket = webSocketClient(fixture.gateway);
  const client = new ApolloClient({ link: new GraphQLWsLink(webSocket), cache: new InMemoryCache() });
  const received = new ReceivedResults();
  const subscription = client
    .subscribe({ query: gql(RUN_UPDATED), variables: { id: liveRunId } })
    .subscribe(received.sink);
  await until(() => received.runs.length === 1);
  const next = await fixture.change();
  await until(() => received.runs.length === 2);
  expect(received.runs[1]).toMatchObject(next);
  subscription.unsubscribe();
  client.stop();
  await webSocket.dispose();
});

describe('On the wire', () => {
  /** A connection that has been initialised. */
  async function connected(): Promise<{ socket: WebSocket; messages: string[] }> {
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws');
    const messages: string[] = [];
    socket.on('message', (data: Buffer) => messages.push(data.toString()));
    await once(socket, 'open');
    socket.send('{"type":"connection_init","payload":{"authorization":"Bearer demo"}}');
    await until(() => messages.length === 1);
    expect(messages).toEqual(['{"type":"connection_ack"}']);
    return { socket, messages };
  }

  async function closeCode(socket: WebSocket): Promise<[number, string]> {
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    return [code, reason.toString()];
  }

  test('messages have the form of the protocol', async () => {
    const { socket, messages } = await connected();
    socket.send('{"type":"ping","payload":{"a":1}}');
    socket.send('{"id":"a\\"b","type":"subscribe","payload":{"query":"{ __typename }"}}');
    await until(() => messages.length === 4);
    expect(messages.slice(1)).toEqual([
      '{"type":"pong","payload":{"a":1}}',
      '{"id":"a\\"b","type":"next","payload":{"data":{"__typename":"Query"}}}',
      '{"id":"a\\"b","type":"complete"}',
    ]);
    socket.close();
  });

  test('nothing follows an error, and its id can be used again', async () => {
    const { socket, messages } = await connected();
    const wrong = '{"id":"1","type":"subscribe","payload":{"query":"{"}}';
    socket.send(wrong);
    await until(() => messages.length === 2);
    socket.send(wrong);
    await until(() => messages.length === 3);
    expect(messages.slice(1).map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
      'error',
      'error',
    ]);
    socket.close();
  });

  test('no results follow after the client has completed the subscription', async () => {
    const { socket, messages } = await connected();
    const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: runUpdated });
    socket.send(subscribe);
    socket.send('{"id":"1","type":"complete"}');
    socket.send('{"id":"2","type":"subscribe","payload":{"query":"{ __typename }"}}');
    await until(() => messages.length === 3);
    expect(messages.slice(1).map((text) => (JSON.parse(text) as { id: string }).id)).toEqual(['2', '2']);
    socket.close();
  });

  test('an id can be used again as soon as its operation is completed, and nothing outlives the connection', async () => {
    const { socket, messages } = await connected();
    const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: runUpdated });
    const complete = '{"id":"1","type":"complete"}';
    for (const message of [subscribe, complete, subscribe]) socket.send(message);
    await until(() => messages.length === 2);
    // Where the first one runs already, too.
    socket.send(complete);
    socket.send(subscribe);
    await until(() => messages.length === 3);
    await fixture.change();
    await until(() => messages.length === 4);
    await fixture.change();
    await until(() => messages.length === 5);
    expect(messages.slice(1).map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(
      Array(4).fill('next'),
    );
    socket.terminate();
    await until(async () => {
      const before = await fixture.reads();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await fixture.reads()) === before;
    });
  });

  test('a property that would change a prototype is rejected', async () => {
    const { socket, messages } = await connected();
    socket.send(
      '{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":{"__proto__":{}}}}',
    );
    await until(() => messages.length === 2);
    expect(JSON.parse(messages[1] ?? '')).toMatchObject({
      type: 'error',
      payload: [{ message: expect.stringMatching(/__proto__/), extensions: { code: 'BAD_USER_INPUT' } }],
    });
    socket.close();
  });

  test.each<[string, string, number]>([
    ['no JSON', 'x', 4400],
    ['an unknown type', '{"type":"x"}', 4400],
    ['a message that only a server sends', '{"type":"next","id":"1","payload":{}}', 4400],
    [
      'an operation before the connection is initialised',
      JSON.stringify({ id: '1', type: 'subscribe', payload: runUpdated }),
      4401,
    ],
    [
      'headers that are too large',
      JSON.stringify({ type: 'connection_init', payload: { a: 'x'.repeat(17_000) } }),
      4400,
    ],
    ['more than 1 MiB', ' '.repeat(1024 * 1024 + 1), 1009],
  ])('%s closes the connection', async (_, message, code) => {
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws');
    await once(socket, 'open');
    const closed = closeCode(socket);
    socket.send(message);
    expect((await closed)[0]).toBe(code);
  });

  test('a second operation with the id of one that runs closes the connection', async () => {
    const { socket, messages } = await connected();
    const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: runUpdated });
    socket.send(subscribe);
    await until(() => messages.length === 2);
    const closed = closeCode(socket);
    socket.send(subscribe);
    expect(await closed).toEqual([4409, 'Subscriber for 1 already exists']);
  });
});

function persisted(query: string) {
  return { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
}
