import type { Client } from 'graphql-sse';
import { Client as Urql, fetchExchange, gql, subscriptionExchange, type OperationResult } from '@urql/core';
import { CombinedGraphQLErrors, gql as parse, type ApolloClient } from '@apollo/client';
import { until } from '../helpers/until.js';
import { openRaw } from '../helpers/raw-client.js';
import { postText } from '../helpers/http-text.js';
import {
  liveRunId,
  RUN,
  RUN_UPDATED,
  runUpdated,
  sseClient,
  startLiveFixture,
  ReceivedResults,
  type LiveFixture,
  type RunState,
  multipartClient,
} from './live-fixture.js';

/** Operations over Server-Sent Events, with the clients that people use. */
describe('Server-Sent Events', () => {
  let fixture: LiveFixture;
  beforeAll(async () => {
    fixture = await startLiveFixture({ env: { STREAM_HEARTBEAT_MS: '50' } });
  });
  afterAll(() => fixture.close());

  const url = () => `${fixture.gateway.url}/graphql`;
  const authorization = 'Bearer demo';

  describe('A client of graphql-sse', () => {
    test('gets the current state and each newer one', async () => {
      const client = sseClient(fixture.gateway);
      const received = new ReceivedResults();
      client.subscribe(runUpdated, received.sink);
      await until(() => received.runs.length === 1);
      const next = await fixture.change();
      await until(() => received.runs.length === 2);
      expect(received.runs[1]).toEqual(next);
      client.dispose();
    });

    test('can send a query', async () => {
      const client = sseClient(fixture.gateway);
      const received = new ReceivedResults();
      client.subscribe({ query: RUN, variables: { id: liveRunId } }, received.sink);
      await until(() => received.end !== undefined);
      expect(received.results).toEqual([
        { data: { fieldingRun: { status: expect.any(String), version: expect.any(String) } } },
      ]);
      expect(received.end).toBe('complete');
      client.dispose();
    });

    test.each<[string, { query: string; variables?: Record<string, unknown> }, string]>([
      ['that is not valid', { query: '{ wrong }' }, 'GRAPHQL_VALIDATION_FAILED'],
      ['without a query', { query: '' }, 'BAD_REQUEST'],
      ['of a malformed id', { query: RUN_UPDATED, variables: { id: 'wrong' } }, 'BAD_USER_INPUT'],
    ])('gets the errors of an operation %s, and does not repeat it', async (_, payload, code) => {
      const client = sseClient(fixture.gateway);
      const received = new ReceivedResults();
      client.subscribe(payload, received.sink);
      await until(() => received.end !== undefined);
      expect(received.results).toMatchObject([
        { errors: [{ extensions: { code, traceId: expect.any(String) } }] },
      ]);
      expect(received.end).toBe('complete');
      client.dispose();
    });

    test('learns that it is not authenticated', async () => {
      const client = sseClient(fixture.gateway, { authorization: 'Bearer wrong' });
      const received = new ReceivedResults();
      client.subscribe(runUpdated, received.sink);
      await until(() => received.end !== undefined);
      expect(received.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
      client.dispose();
    });
  });

  describe('A client of urql', () => {
    const runsOf = (results: readonly OperationResult[]) =>
      results.map(({ data }) => (data as { fieldingRunUpdated?: RunState } | undefined)?.fieldingRunUpdated);

    test.each<[string, (client: Client) => Urql]>([
      [
        'subscriptionExchange over graphql-sse',
        (client) =>
          new Urql({
            url: url(),
            preferGetMethod: false,
            exchanges: [
              subscriptionExchange({
                forwardSubscription: ({ query = '', variables }) => ({
                  subscribe: (sink) => ({
                    unsubscribe: client.subscribe(
                      { query, variables: variables as Record<string, unknown> },
                      sink as Parameters<Client['subscribe']>[1],
                    ),
                  }),
                }),
              }),
            ],
          }),
      ],
      [
        'fetchSubscriptions',
        () =>
          new Urql({
            url: url(),
            preferGetMethod: false,
            fetchSubscriptions: true,
            fetchOptions: { headers: { authorization } },
            exchanges: [fetchExchange],
          }),
      ],
    ])('receives each state with %s', async (_, start) => {
      const client = sseClient(fixture.gateway);
      const results: OperationResult[] = [];
      const subscription = start(client)
        .subscription(gql(RUN_UPDATED), { id: liveRunId })
        .subscribe((result) => results.push(result));
      await until(() => results.length === 1);
      const next = await fixture.change();
      await until(() => results.length === 2);
      expect(runsOf(results)[1]).toEqual(next);
      subscription.unsubscribe();
      client.dispose();
    });
  });

  describe('On the wire', () => {
    interface Streamed {
      readonly response: Response;
      text: string;
      readonly stop: () => void;
    }

    interface Sent {
      readonly method?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }

    async function open(init: Sent, target = url()): Promise<Streamed> {
      const abort = new AbortController();
      const response = await fetch(target, {
        ...init,
        signal: abort.signal,
        headers: {
          accept: 'text/event-stream',
          authorization,
          'content-type': 'application/json',
          ...init.headers,
        },
      });
      const streamed: Streamed = { response, text: '', stop: () => abort.abort() };
      const read = async () => {
        for await (const chunk of response.body ?? [])
          streamed.text += Buffer.from(chunk as Uint8Array).toString();
      };
      read().catch(() => undefined);
      return streamed;
    }

    test('events have the form of the protocol, with comments in between', async () => {
      const stream = await open({ method: 'POST', body: JSON.stringify(runUpdated) });
      await until(() => stream.text.includes('event'));
      await until(() => stream.text.endsWith('}\n\n:\n\n'));
      expect(stream.response.status).toBe(200);
      expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(stream.response.headers.get('cache-control')).toBe('no-store');
      expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
      expect(stream.response.headers.get('access-control-allow-origin')).toBe('*');
      expect(stream.text).toMatch(
        /^(:\n\n)+event: next\ndata: \{"data":\{"fieldingRunUpdated":\{"status":"[A-Z]+","version":"\d+"\}\}\}\n\n(:\n\n)+$/,
      );
      stream.stop();
    });

    test('a subscription may be sent by GET', async () => {
      const search = new URLSearchParams({
        query: RUN_UPDATED,
        variables: JSON.stringify({ id: liveRunId }),
      });
      const stream = await open({}, `${url()}?${search.toString()}`);
      await until(() => stream.text.includes('"fieldingRunUpdated"'));
      stream.stop();
    });

    test('a mutation may not, and is not executed', async () => {
      const search = new URLSearchParams({ query: 'mutation { __typename }' });
      const stream = await open({}, `${url()}?${search.toString()}`);
      await until(() => stream.text.endsWith('event: complete\ndata:\n\n'));
      expect(stream.text).toMatch(
        /event: next\ndata: \{"errors":\[\{"message":"GET requests only support query operations, not mutation/,
      );
      expect(stream.text).not.toContain('"Mutation"');
    });

    test.each<[string, Sent]>([
      ['a body that is no JSON', { method: 'POST', body: '{' }],
      ['another type of body', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }],
    ])('%s is rejected in the stream', async (_, init) => {
      const stream = await open(init);
      await until(() => stream.text.endsWith('event: complete\ndata:\n\n'));
      expect(stream.response.status).toBe(200);
      expect(stream.text).toMatch(/event: next\ndata: \{"errors":\[\{.*"BAD_USER_INPUT"/);
    });

    test('a client that also accepts JSON gets a query as JSON, and its errors with their status', async () => {
      const accept = 'application/json, text/event-stream';
      const stream = await open({ method: 'POST', body: '{"query":"{ wrong }"}', headers: { accept } });
      expect(stream.response.status).toBe(400);
      expect(stream.response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    });

    test('a client that accepts only JSON gets an error that names the transports, and nothing is read', async () => {
      await fixture.emulator.control.forgetRequests();
      const result = await fixture.gateway.execute(RUN_UPDATED, { id: liveRunId });
      expect(result.status).toBe(400);
      expect(result.errors).toMatchObject([
        {
          message: expect.stringMatching(/WebSocket.*text\/event-stream.*multipart\/mixed/),
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
      expect(await fixture.reads()).toBe(0);
    });
  });

  test('Polling stops when the client has disconnected', async () => {
    const client = sseClient(fixture.gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    await fixture.emulator.control.forgetRequests();
    await until(async () => (await fixture.reads()) > 2);
    client.dispose();
    await until(async () => {
      const before = await fixture.reads();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await fixture.reads()) === before;
    });
  });
});

/** Operations over multipart HTTP, with Apollo Client's `HttpLink` and nothing else configured. */
describe('Multipart HTTP', () => {
  let fixture: LiveFixture;
  beforeAll(async () => {
    fixture = await startLiveFixture({ env: { STREAM_HEARTBEAT_MS: '50' } });
  });
  afterAll(() => fixture.close());

  const subscribe = (client: ApolloClient, variables = { id: liveRunId }) =>
    client.subscribe({ query: parse(RUN_UPDATED), variables });

  describe('Apollo Client', () => {
    test('gets the current state and each newer one', async () => {
      const client = multipartClient(fixture.gateway);
      const received = new ReceivedResults();
      const subscription = subscribe(client).subscribe(received.sink);
      await until(() => received.runs.length === 1);
      const next = await fixture.change();
      await until(() => received.runs.length === 2);
      expect(received.runs[1]).toMatchObject(next);
      subscription.unsubscribe();
      client.stop();
    });

    test('gets its errors', async () => {
      const client = multipartClient(fixture.gateway);
      const received = new ReceivedResults();
      subscribe(client, { id: 'wrong' }).subscribe(received.sink);
      await until(() => received.end !== undefined);
      const [{ error } = { error: undefined }] = received.results as { error?: unknown }[];
      expect(error).toBeInstanceOf(CombinedGraphQLErrors);
      expect(error).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      client.stop();
    });

    test('gets an error if it is not authenticated', async () => {
      const client = multipartClient(fixture.gateway, 'Bearer wrong');
      const received = new ReceivedResults();
      subscribe(client).subscribe(received.sink);
      await until(() => received.end !== undefined);
      expect(received.results).toMatchObject([
        { error: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } },
      ]);
      client.stop();
    });
  });

  describe('On the wire', () => {
    const accept =
      'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9';
    const headers = { Authorization: 'Bearer demo', Accept: accept };

    test('parts have the form of the protocol, with heartbeats in between', async () => {
      const client = await openRaw(fixture.gateway.url);
      client.send(postText({ headers, body: JSON.stringify(runUpdated) }));
      const text = await client.until((received) => /"payload"[^]*\{\}/.test(received));
      const [head = '', ...chunks] = text.split('\r\n\r\n');
      expect(head).toMatch(
        /\r\ncontent-type: multipart\/mixed;boundary="graphql";subscriptionSpec="1\.0"\r\n/i,
      );
      // Each write is a chunk: its length in hexadecimal digits, and its text.
      const body = chunks.join('\r\n\r\n').replace(/^[\da-f]+\r\n/gm, '');
      expect(body).toMatch(/^\r\n--graphql\r\n/);
      expect(body).toMatch(
        /\r\ncontent-type: application\/json\r\n\r\n\{"payload":\{"data":\{"fieldingRunUpdated":\{"status":"[A-Z]+","version":"\d+"\}\}\}\}\r\n--graphql\r\n/,
      );
      expect(body).toContain('\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql');
      client.close();
    });

    test('a query is answered with JSON', async () => {
      const { headers: answer, data } = await fixture.gateway.execute(
        RUN,
        { id: liveRunId },
        { headers: { accept } },
      );
      expect(answer.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
      expect(data).toMatchObject({ fieldingRun: { status: expect.any(String) } });
    });
  });
});
