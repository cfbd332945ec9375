/** Text of clients that would change the target or the headers of a request to the Demand API, if it got there as it is. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { openRaw } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { EACH_TRANSPORT, TRANSPORTS } from './transports.js';

const POST = TRANSPORTS['POST']!;

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({ demandApiUrl: upstream.url });
});
afterEach(() => {
  upstream.reset();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const HOSTILE: readonly string[] = [
  '..',
  '.',
  '../..',
  '..%2f..',
  '%2e%2e',
  '%2E%2E%2F',
  '%2f',
  'a%2Fb',
  '%5c',
  '%00',
  'a%00b',
  '\u0000',
  'a\u0000b',
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  '%0d%0aX-Injected:%201',
  // One dot leaders, full-width dots and slashes, which some normalizations turn into `..` and `/`.
  '\u2024\u2024',
  '\uff0e\uff0e',
  '\uff0e\uff0e\uff0f',
  '\u2215',
  '\u2028',
  '\u202e',
  'é',
  '\ud83d\ude00',
  'a?b=c',
  'a#b',
  'a;b=c',
  'a\\..\\b',
  'a b',
  ' ',
  '',
  '@evil.example',
  ':80',
  '*',
  "'",
  '"',
  '${x}',
  'x'.repeat(129),
];

/** Ids with the hostile text in each place. */
const idsWith = (text: string) => [
  text,
  `${text}/p/t/r`,
  `101/${text}`,
  `101/${text}/t`,
  `101/p/${text}`,
  `101/p/${text}/r`,
  `101/p/t/${text}`,
  `101/p/pause/${text}`,
  `101/p/t/launch-from-draft/${text}`,
  `//evil.example/${text}`,
];

const IN_QUERIES = `query ($id: ID!) {
  account(id: $id) { id } batchJob(id: $id) { id } draftLaunchJob(id: $id) { id } fieldingRun(id: $id) { id }
  node(id: $id) { id } project(id: $id) { id } projects(accountId: $id) { nodes { id } } targetGroup(id: $id) { id }
  targetGroups(projectId: $id) { nodes { id } } targetGroupTransitions(projectId: $id) { allowedActions }
}`;

const IN_MUTATIONS = `mutation ($id: ID!) {
  a: pauseFieldingRun(input: { id: $id, version: "5" }) { userErrors { code } }
  b: launchNow(input: { id: $id, version: "5" }) { userErrors { code } }
  c: pauseTargetGroups(input: { targetGroupIds: [$id] }) { userErrors { code } }
  d: launchDraftTargetGroup(input: { id: $id, endAt: "2040-01-01T00:00:00Z" }) { userErrors { code } }
}`;

describe.each(HOSTILE)('The id %j', (text) => {
  test.each([
    ['queries', IN_QUERIES],
    ['mutations', IN_MUTATIONS],
  ])('in %s sends nothing upstream', async (_what, query) => {
    for (const id of idsWith(text)) {
      const { status, errors, text: body } = await POST(gateway.url, { query, variables: { id } });
      expect(status).toBe(200);
      expect(errors.length + (body.match(/"code":"VALIDATION"|userErrors/g) ?? []).length).toBeGreaterThan(0);
      expect(body).not.toMatch(/INTERNAL_SERVER_ERROR/);
    }
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });
});

test.each(EACH_TRANSPORT)('Over %s, ids are no different', async (_name, send) => {
  const query = 'query ($id: ID!) { fieldingRun(id: $id) { id } }';
  for (const id of ['101/p/../r', '101/p/%2e%2e/r', '101/p/t\r\nX-Injected: 1/r', '101/p/\uff0e\uff0e/r']) {
    const { errors } = await send(gateway.url, { query, variables: { id } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect(upstream.requests).toEqual([]);
});

describe('A raw id', () => {
  test.each(HOSTILE)('%j sends nothing upstream', async (targetGroupId) => {
    await POST(gateway.url, {
      query: 'query ($targetGroupId: ID!) { targetGroupByRawId(targetGroupId: $targetGroupId) { id } }',
      variables: { targetGroupId },
    });
    expect(upstream.requests).toEqual([]);
  });
});

describe('An idempotency key', () => {
  const query = `mutation ($key: String!) {
    pauseTargetGroups(input: { targetGroupIds: ["101/p/t"], idempotencyKey: $key }) { userErrors { code } }
  }`;
  const isVisible = (key: string) => /^[!-~]{1,255}$/.test(key);

  test.each([...HOSTILE, 'x'.repeat(256)].filter((key) => !isVisible(key)))(
    '%j sends nothing upstream',
    async (key) => {
      const { data } = await POST(gateway.url, { query, variables: { key } });
      expect(data).toEqual({ pauseTargetGroups: { userErrors: [{ code: 'VALIDATION_FAILED' }] } });
      expect(upstream.requests).toEqual([]);
    },
  );

  test.each(HOSTILE.filter(isVisible))('%j is sent as one header', async (key) => {
    await POST(gateway.url, { query, variables: { key } });
    expect(upstream.requests).not.toEqual([]);
    for (const { path, headers } of upstream.requests) {
      expect(path).toMatch(/^\/v1\/demand\/accounts\/101\/projects\/p\/batch-jobs\/[\w-]+$/);
      expect(headers['idempotency-key']).toMatch(/^[!-~]{1,255}$/);
      expect(headers).not.toHaveProperty('x-injected');
    }
  });
});

describe('Text in a filter', () => {
  test.each(HOSTILE)('%j stays in its parameter', async (text) => {
    const search = `12345${text}`.slice(0, 128);
    const { errors } = await POST(gateway.url, {
      query: `query ($search: String!) { projects(accountId: "101", filter: { search: $search }) { nodes { id } } }`,
      variables: { search },
    });
    for (const { path, headers } of upstream.requests) {
      const url = new URL(path, upstream.url);
      expect(url.pathname).toBe('/v1/demand/accounts/101/projects');
      expect(url.pathname + url.search).toBe(path);
      expect([...url.searchParams.values()]).toContain(search);
      expect([...url.searchParams].length).toBe(2);
      expect(headers).not.toHaveProperty('x-injected');
    }
    expect(errors.length + upstream.requests.length).toBeGreaterThan(0);
  });

  test.each(HOSTILE.filter((text) => text !== ''))('%j stays in its parameter as a cursor', async (after) => {
    await POST(gateway.url, {
      query: `query ($after: String!) { targetGroups(projectId: "101/p", after: $after) { nodes { id } } }`,
      variables: { after },
    });
    for (const { path } of upstream.requests) {
      const url = new URL(path, upstream.url);
      expect(url.pathname).toBe('/v1/demand/accounts/101/projects/p/target-groups');
      expect(url.pathname + url.search).toBe(path);
      expect([...url.searchParams.values()]).toContain(after);
      expect([...url.searchParams].length).toBe(2);
    }
  });
});

describe('Headers', () => {
  const query = { query: '{ fieldingRun(id: "101/p/t/r") { id } }' };
  const OURS =
    /^(?:accept|accept-encoding|authorization|cint-api-version|connection|host|traceparent|tracestate|user-agent|if-none-match)$/;

  test('of clients are not sent upstream, but for the credential and the trace', async () => {
    const headers = {
      cookie: 'a=b',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'evil.example',
      'x-http-method-override': 'DELETE',
      'x-original-url': '/admin',
      'idempotency-key': 'k',
      'if-match': '*',
      'cint-api-version': '1999-01-01',
      'proxy-authorization': 'Basic x',
      forwarded: 'for=192.0.2.1',
    };
    for (const [, send] of EACH_TRANSPORT) await send(gateway.url, query, { headers });
    expect(upstream.requests).toHaveLength(EACH_TRANSPORT.length);
    for (const request of upstream.requests) {
      expect(Object.keys(request.headers).filter((name) => !OURS.test(name))).toEqual([]);
      expect(request.headers['cint-api-version']).toBe('2025-12-18');
      expect(request.headers.host).toBe(new URL(upstream.url).host);
    }
  });

  test.each([
    'Bearer demo\r\nX-Injected: 1',
    'Bearer demo\nX-Injected: 1',
    'Bearer demo\u0000',
    'Bearer demo\u2028',
    'Bearer \ud83d\ude00',
  ])('that no header can have are not sent from connection parameters: %j', async (authorization) => {
    await TRANSPORTS['WebSocket']!(gateway.url, query, { token: null, headers: { authorization } });
    for (const { headers } of upstream.requests) {
      expect(headers).not.toHaveProperty('x-injected');
      expect(headers.authorization).toBeUndefined();
    }
  });

  test.each([
    ['a line feed', 'Authorization: Bearer demo\nX-Injected: 1'],
    ['a folded line', 'Authorization: Bearer demo\r\n X-Injected: 1'],
    ['a zero byte', 'Authorization: Bearer de\u0000mo'],
    ['a name with a space', 'X-Injected : 1'],
    ['two lengths', 'Content-Length: 5'],
    ['a length and chunks', 'Transfer-Encoding: chunked'],
    ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ['chunks by another name', 'Transfer-Encoding: \u000bchunked'],
  ])('with %s are rejected, or have no further meaning', async (_what, header) => {
    const client = await openRaw(gateway.url);
    const body = JSON.stringify(query);
    client.send(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nAuthorization: Bearer demo\r\n${header}\r\n\r\n${body}`,
    );
    const text = await client.until((received) => received.includes('\r\n\r\n'));
    client.close();
    expect(text).toMatch(/^HTTP\/1\.1 (?:200|4\d\d|501) /);
    for (const { headers } of upstream.requests) {
      expect(headers).not.toHaveProperty('x-injected');
      expect(headers.authorization).toBe('Bearer demo');
    }
  });

  test.each([
    '\u0000',
    'a=b\u0080',
    'a=b,\tc=d',
    '..',
    '00-0-0-00',
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
  ])('of a trace that is not valid are replaced: %j', async (value) => {
    for (const name of ['traceparent', 'tracestate']) {
      await TRANSPORTS['WebSocket']!(gateway.url, query, { headers: { [name]: value } });
    }
    for (const { headers } of upstream.requests) {
      expect(headers['traceparent']).toMatch(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/);
      expect(String(headers['tracestate'] ?? '')).toMatch(/^[ -~\t]*$/);
    }
  });
});
