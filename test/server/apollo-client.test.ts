import { createHash } from 'node:crypto';
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { demo } from '../../src/emulator/index.js';
import { FieldingRunDocument, PauseFieldingRunDocument } from '../generated/documents.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';

const { targetGroupId, fieldingRunId } = demo.live;
const id = `${demo.accountId}/${demo.projectId}/${targetGroupId}/${fieldingRunId}`;

let emulator: TestEmulator;
let gateway: TestGateway;

beforeEach(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({ demandApiUrl: emulator.url });
});
afterEach(async () => {
  await gateway.close();
  await emulator.close();
});

/** Every operation that it sends goes into `sent`, as JSON. */
function createClient({ persisted = false, get = false } = {}) {
  const sent: { query?: string; extensions?: unknown }[] = [];
  const http = new HttpLink({
    uri: `${gateway.url}/graphql`,
    headers: { authorization: 'Bearer demo' },
    fetch: async (url, options) => {
      const request = new Request(url, options);
      const { searchParams } = new URL(request.url);
      sent.push(
        (request.body ? await request.json() : Object.fromEntries(searchParams)) as (typeof sent)[number],
      );
      return await fetch(url, options);
    },
  });
  const link = persisted
    ? new PersistedQueryLink({ sha256, useGETForHashedQueries: get }).concat(http)
    : http;
  const client = new ApolloClient({
    link,
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: 'no-cache' }, mutate: { fetchPolicy: 'no-cache' } },
  });
  return { client, sent };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function upstreamCalls() {
  return (await emulator.control.requests()).map(
    ({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`,
  );
}

test('an operation names the client library in its extensions', async () => {
  const { client, sent } = createClient();
  const { data } = await client.query({ query: FieldingRunDocument, variables: { id } });
  expect(data?.fieldingRun).toMatchObject({ id: expect.any(String), status: 'LIVE' });
  expect(sent).toEqual([
    expect.objectContaining({
      extensions: { clientLibrary: { name: '@apollo/client', version: expect.any(String) } },
    }),
  ]);
});

test('a persisted query is sent whole once, though its document is known', async () => {
  await createClient().client.query({ query: FieldingRunDocument, variables: { id } });
  await emulator.control.forgetRequests();
  const { client, sent } = createClient({ persisted: true });
  for (let nth = 0; nth < 3; nth += 1) {
    const { data } = await client.query({ query: FieldingRunDocument, variables: { id } });
    expect(data?.fieldingRun).toMatchObject({ status: 'LIVE' });
  }
  // The first is not known yet.
  expect(sent.map(({ query }) => query !== undefined)).toEqual([false, true, false, false]);
  expect(await upstreamCalls()).toEqual(Array(3).fill(`GET ${fieldingRunId}`));
});

test('a persisted query may be asked for by GET', async () => {
  const { client, sent } = createClient({ persisted: true, get: true });
  for (let nth = 0; nth < 2; nth += 1) {
    const { data } = await client.query({ query: FieldingRunDocument, variables: { id } });
    expect(data?.fieldingRun).toMatchObject({ status: 'LIVE' });
  }
  expect(sent.map(({ query }) => query !== undefined)).toEqual([false, true, false]);
});

test('a persisted mutation that fails has been executed once', async () => {
  const { client, sent } = createClient({ persisted: true });
  const pause = (version: string) =>
    client.mutate({ mutation: PauseFieldingRunDocument, variables: { input: { id, version } } });
  // Persists it: of a wrong version, nothing is done.
  await pause('0');
  await emulator.control.forgetRequests();
  await emulator.control.faults.add({ path: '/pause$', status: 403 });
  const { data } = await client.query({ query: FieldingRunDocument, variables: { id } });
  sent.length = 0;
  await emulator.control.forgetRequests();
  const error: unknown = await pause(data?.fieldingRun?.version ?? '').catch((thrown: unknown) => thrown);
  expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(sent).toHaveLength(1);
  expect(sent[0]?.query).toBeUndefined();
  expect((await upstreamCalls()).filter((call) => !call.startsWith('GET'))).toEqual(['POST pause']);
});

/** Posts what Apollo's protocol for persisted queries has. */
async function postPersisted(hashed: string, query?: string) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo' },
    body: JSON.stringify({
      query,
      extensions: { persistedQuery: { version: 1, sha256Hash: sha256(hashed) } },
    }),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return errors?.[0]?.extensions.code ?? response.status;
}

test('a document with the hash of another is rejected, though it is known', async () => {
  const query = `{ fieldingRun(id: "${id}") { status } }`;
  expect(await postPersisted('{ __typename }', query)).toBe('BAD_USER_INPUT');
  expect(await postPersisted(query, query)).toBe(200);
  expect(await postPersisted('{ __typename }', query)).toBe('BAD_USER_INPUT');
  expect(await upstreamCalls()).toEqual([`GET ${fieldingRunId}`]);
});

test('no more than a mebibyte of persisted queries is kept', async () => {
  const queries = Array.from(
    { length: 12 },
    (_, nth) => `{ __typename } # ${String(nth).padEnd(100_000, '#')}`,
  );
  for (const query of queries) expect(await postPersisted(query, query)).toBe(200);
  const [first = '', ...others] = queries;
  expect(await postPersisted(first)).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect(await postPersisted(others.at(-1) ?? '')).toBe(200);
});
