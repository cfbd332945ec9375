/** Operations over multipart HTTP, with Apollo Client's `HttpLink` and nothing else configured. */
import { CombinedGraphQLErrors, gql, type ApolloClient } from '@apollo/client';
import { openRaw } from '../helpers/raw-client.js';
import { postText } from '../helpers/http-text.js';
import { until } from '../helpers/until.js';
import {
  liveRunId,
  multipartClient,
  RUN,
  RUN_UPDATED,
  runUpdated,
  startLiveFixture,
  ReceivedResults,
  type LiveFixture,
} from './live-fixture.js';

let fixture: LiveFixture;
beforeAll(async () => {
  fixture = await startLiveFixture({ env: { STREAM_HEARTBEAT_MS: '50' } });
});
afterAll(() => fixture.close());

const subscribe = (client: ApolloClient, variables = { id: liveRunId }) =>
  client.subscribe({ query: gql(RUN_UPDATED), variables });

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
