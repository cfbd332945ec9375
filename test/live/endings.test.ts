/** How streams end that do not end by themselves: limits, expired tokens, shutdown, clients that are gone or do not read. */
import { once } from 'node:events';
import { gql } from '@apollo/client';
import { WebSocket } from 'ws';
import { openRaw, type RawClient } from '../helpers/raw-client.js';
import { postText } from '../helpers/http-text.js';
import { principalByName } from '../helpers/test-principal.js';
import { until } from '../helpers/until.js';
import {
  liveRunId,
  multipartClient,
  RUN_UPDATED,
  runUpdated,
  sseClient,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  webSocketUrl,
  type LiveFixture,
} from './live-fixture.js';
import type { TestGatewayOptions } from '../helpers/gateway.js';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await startLiveFixture();
});
afterAll(() => fixture.close());

/** Subscribes with a client of its own. */
function subscribeOverWebSocket(options: Parameters<typeof webSocketClient>[1] = {}) {
  const client = webSocketClient(fixture.gateway, options);
  const received = new ReceivedResults();
  client.subscribe(runUpdated, received.sink);
  return { client, received };
}

function subscribeOverSse() {
  const client = sseClient(fixture.gateway);
  const received = new ReceivedResults();
  client.subscribe(runUpdated, received.sink);
  return { client, received };
}

function subscribeOverMultipart() {
  const client = multipartClient(fixture.gateway);
  const received = new ReceivedResults();
  client.subscribe({ query: gql(RUN_UPDATED), variables: { id: liveRunId } }).subscribe(received.sink);
  return { client, received };
}

describe('Limits', () => {
  test('of a connection reject one more operation until another one has ended', async () => {
    await fixture.restart({ env: { MAX_SUBSCRIPTIONS_PER_CONNECTION: '2' } });
    const client = webSocketClient(fixture.gateway);
    const [first, second, third] = [new ReceivedResults(), new ReceivedResults(), new ReceivedResults()];
    const unsubscribe = client.subscribe(runUpdated, first.sink);
    client.subscribe(runUpdated, second.sink);
    await until(() => first.runs.length + second.runs.length === 2);
    client.subscribe(runUpdated, third.sink);
    await until(() => third.end !== undefined);
    expect(third.end).toMatchObject([
      {
        message: expect.stringMatching(/This connection runs 2 operations/),
        extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds: 1 },
      },
    ]);
    unsubscribe();
    const results = [];
    for await (const result of client.iterate({ query: '{ __typename }' })) results.push(result);
    expect(results).toEqual([{ data: { __typename: 'Query' } }]);
    await client.dispose();
  });

  test.each([
    ['MAX_SUBSCRIPTIONS_PER_PRINCIPAL', /^You have 2 subscriptions open/],
    ['MAX_SUBSCRIPTIONS', /^The gateway has 2 subscriptions open/],
  ])('%s rejects one more subscription, on any connection and transport', async (name, message) => {
    await fixture.restart({ env: { [name]: '2' } });
    const open = [subscribeOverWebSocket(), subscribeOverSse()];
    await until(() => open.every(({ received }) => received.runs.length === 1));
    await fixture.emulator.control.forgetRequests();
    const { received, client } = subscribeOverMultipart();
    await until(() => received.end !== undefined);
    expect(received.results).toMatchObject([
      {
        error: {
          errors: [
            {
              message: expect.stringMatching(message),
              extensions: { code: 'RATE_LIMITED', retryable: true, retryAfterSeconds: 1 },
            },
          ],
        },
      },
    ]);
    client.stop();
    await open[0]?.client.dispose();
    // Its place is free again.
    await until(async () => {
      const next = subscribeOverWebSocket();
      await until(() => next.received.end !== undefined || next.received.runs.length > 0);
      await next.client.dispose();
      return next.received.runs.length > 0;
    });
    await open[1]?.client.dispose();
  });
});

describe('When the token expires', () => {
  let clock = 0;
  const expiring: Partial<TestGatewayOptions> = {
    now: () => Date.now() + clock,
    authenticate: (authorization) => ({
      key: authorization ?? '',
      grants: undefined,
      authorization: 'Bearer demo',
      expiresAt: Date.now() + clock + 60_000,
    }),
  };
  beforeEach(async () => {
    clock = 0;
    await fixture.restart(expiring);
  });

  test('a WebSocket is closed with 4403, and its client subscribes again with a new token', async () => {
    const tokens: string[] = [];
    const closes: unknown[] = [];
    const { client, received } = subscribeOverWebSocket({
      connectionParams: () => {
        tokens.push(`Bearer ${tokens.length}`);
        return { authorization: tokens.at(-1) };
      },
      retryAttempts: 3,
      retryWait: () => Promise.resolve(),
      on: { closed: (event) => closes.push(event) },
    });
    await until(() => received.runs.length === 1);
    clock = 61_000;
    await until(() => received.runs.length === 2);
    expect(closes).toMatchObject([{ code: 4403, reason: expect.stringContaining('expired') }]);
    expect(tokens).toEqual(['Bearer 0', 'Bearer 1']);
    await client.dispose();
  });

  test('a client of Server-Sent Events gets an error, and the stream completes', async () => {
    const { client, received } = subscribeOverSse();
    await until(() => received.runs.length === 1);
    clock = 61_000;
    await until(() => received.end !== undefined);
    expect(received.end).toBe('complete');
    expect(received.results[1]).toMatchObject({
      errors: [
        {
          message: expect.stringContaining('expired'),
          extensions: { code: 'UNAUTHENTICATED', traceId: expect.any(String) },
        },
      ],
    });
    client.dispose();
  });

  test('Apollo Client gets an error over multipart HTTP, and the stream completes', async () => {
    const { client, received } = subscribeOverMultipart();
    await until(() => received.runs.length === 1);
    clock = 61_000;
    await until(() => received.end !== undefined);
    expect(received.end).toBe('complete');
    expect(received.results[1]).toMatchObject({
      error: { name: 'CombinedProtocolErrors', errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    client.stop();
  });

  test('nothing is read for it any more', async () => {
    const { client, received } = subscribeOverSse();
    await until(() => received.runs.length === 1);
    clock = 61_000;
    await until(() => received.end !== undefined);
    // A read may have been in flight.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await fixture.emulator.control.forgetRequests();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await fixture.reads()).toBe(0);
    client.dispose();
  });
});

describe('When the gateway closes', () => {
  beforeEach(() => fixture.restart());

  test('clients of all transports know that they should connect elsewhere', async () => {
    const closes: unknown[] = [];
    const webSocket = subscribeOverWebSocket({ on: { closed: (event) => closes.push(event) } });
    const sse = subscribeOverSse();
    const multipart = subscribeOverMultipart();
    await until(() => [webSocket, sse, multipart].every(({ received }) => received.runs.length === 1));
    await fixture.gateway.close();
    await until(() => [webSocket, sse, multipart].every(({ received }) => received.end !== undefined));
    // `graphql-ws` connects again after 1001, and `graphql-sse` after a NetworkError. Apollo Client's RetryLink repeats operations
    // after errors of the network, but not what has completed.
    expect(closes).toMatchObject([{ code: 1001 }]);
    expect(sse.received.end).toMatchObject({ name: 'NetworkError' });
    expect(multipart.received.results.at(-1)).toMatchObject({
      error: { message: 'premature end of multipart body' },
    });
    await webSocket.client.dispose();
    sse.client.dispose();
    multipart.client.stop();
  });

  test('a client that does not close its connection does not keep the gateway', async () => {
    const raw = await openRaw(fixture.gateway.url);
    raw.send(
      'GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await raw.until((text) => text.includes('101'));
    // `CLIENT_TIMEOUT_MS` is longer than `until` waits.
    let isClosed = false;
    void fixture.gateway.close().then(() => {
      isClosed = true;
    });
    await until(() => isClosed);
    await raw.untilClosed();
  });

  test('operations over WebSocket are answered before', async () => {
    await fixture.emulator.control.faults.add({
      method: 'GET',
      path: 'fielding-runs',
      delay_ms: 300,
      times: 1,
    });
    await fixture.emulator.control.forgetRequests();
    const client = webSocketClient(fixture.gateway);
    const received = new ReceivedResults();
    client.subscribe(
      { query: `query Q($id: ID!) { fieldingRun(id: $id) { version } }`, variables: { id: liveRunId } },
      received.sink,
    );
    await until(async () => (await fixture.reads()) > 0);
    await fixture.gateway.close();
    await until(() => received.end !== undefined);
    expect(received.results).toEqual([{ data: { fieldingRun: { version: expect.any(String) } } }]);
    expect(received.end).toBe('complete');
    await client.dispose();
  });
});

describe('A client', () => {
  const body = JSON.stringify(runUpdated);
  const sse = { Authorization: 'Bearer demo', Accept: 'text/event-stream' };

  test('that has initialised no connection in time is disconnected', async () => {
    await fixture.restart({ env: { CLIENT_TIMEOUT_MS: '100' } });
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4408);
  });

  test('that does not answer pings is disconnected, and nothing is read for it any more', async () => {
    await fixture.restart({ env: { STREAM_HEARTBEAT_MS: '80' } });
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws', { autoPong: false });
    await once(socket, 'open');
    socket.send('{"type":"connection_init","payload":{"authorization":"Bearer demo"}}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: runUpdated }));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1006);
    await noReads();
  });

  test('that answers pings stays connected', async () => {
    await fixture.restart({ env: { STREAM_HEARTBEAT_MS: '500' } });
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws');
    let pings = 0;
    socket.on('ping', () => {
      pings += 1;
    });
    await until(() => pings > 3);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });

  test.each<[string, (client: RawClient) => void]>([
    ['reads a stream over HTTP', (client) => client.send(postText({ headers: sse, body }))],
    [
      'reads a stream over multipart HTTP',
      (client) =>
        client.send(postText({ headers: { ...sse, Accept: 'multipart/mixed;subscriptionSpec=1.0' }, body })),
    ],
  ])('that %s for longer than CLIENT_TIMEOUT_MS and REQUEST_TIMEOUT_MS stays connected', async (_, send) => {
    await fixture.restart({
      env: {
        CLIENT_TIMEOUT_MS: '500',
        REQUEST_TIMEOUT_MS: '1000',
        MAX_REQUESTS_IN_FLIGHT: '1',
        STREAM_HEARTBEAT_MS: '20',
      },
    });
    const client = await openRaw(fixture.gateway.url);
    send(client);
    await client.until((text) => text.includes('fieldingRunUpdated'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(client.isClosed).toBe(false);
    // The stream holds no slot of the requests in flight.
    expect(await fixture.gateway.execute('{ __typename }')).toMatchObject({ status: 200 });
    const { version } = await fixture.change();
    await client.until((text) => text.includes(`"${version}"`));
    client.close();
    await noReads();
  });

  /** A selection of a megabyte of one field, so that a few results fill the buffers of the operating system. */
  const large = Array.from({ length: 1000 }, (_, n) => `${'a'.repeat(900)}${n}: __typename`).join(' ');

  const env = { CLIENT_TIMEOUT_MS: '1000', MAX_ALIASES: '1000', MAX_ROOT_FIELDS: '1000', MAX_NODES: '10000' };

  test('that does not read the results of its operations over WebSocket is disconnected', async () => {
    await fixture.restart({ env });
    const socket = new WebSocket(webSocketUrl(fixture.gateway), 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init","payload":{"authorization":"Bearer demo"}}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: 'live', type: 'subscribe', payload: runUpdated }));
    await once(socket, 'message');
    socket.pause();
    for (let id = 0; id < 20; id += 1) {
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: `{ ${large} }` } }));
    }
    await noReads();
    socket.terminate();
  });

  test('that does not read its stream over HTTP is disconnected', async () => {
    await fixture.restart({ env });
    const client = await openRaw(fixture.gateway.url);
    const query = `subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { version ${large} } }`;
    client.send(postText({ headers: sse, body: JSON.stringify({ ...runUpdated, query }) }));
    await client.until((text) => text.includes('"FieldingRun"'));
    client.pause();
    for (let change = 0; change < 12; change += 1) {
      await fixture.change();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await noReads();
    client.close();
  });

  async function noReads(): Promise<void> {
    await until(async () => {
      const before = await fixture.reads();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await fixture.reads()) === before;
    });
  }
});

test('Nothing is shared between principals', async () => {
  await fixture.restart({ env: { AUTH_MODE: 'forward' }, authenticate: principalByName({ other: ['999'] }) });
  const allowed = subscribeOverWebSocket({ connectionParams: { authorization: 'Bearer demo' } });
  const other = subscribeOverWebSocket({ connectionParams: { authorization: 'Bearer other' } });
  await until(() => other.received.end !== undefined);
  expect(other.received.results).toEqual([]);
  expect(other.received.end).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  await allowed.client.dispose();
  await other.client.dispose();
});
