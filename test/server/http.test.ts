import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { connect } from 'node:net';
import { createServer, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { GraphQLServerListener } from '@apollo/server';
import { demo } from '../../src/emulator/index.js';
import { FieldingRunDocument } from '../generated/documents.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { openRaw } from '../helpers/raw-client.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';

const runId = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}/${demo.live.fieldingRunId}`;
const firstQuery = {
  document: 'query First($id: ID!) { project(id: $id) { name } }',
  variables: { id: 'first/variable' },
  headers: { Authorization: 'Bearer first-header' },
};

let emulator: TestEmulator;
let gateway: TestGateway;

beforeAll(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({ demandApiUrl: emulator.url, firstQuery });
});
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  await gateway.close();
  await emulator.close();
});

/** Runs `use` with a gateway of its own in production. */
async function inProduction(use: (production: TestGateway) => Promise<void>): Promise<void> {
  const env = { NODE_ENV: 'production' };
  const production = await startTestGateway({ demandApiUrl: emulator.url, firstQuery, env });
  try {
    await use(production);
  } finally {
    await production.close();
  }
}

/** Apollo's page holds its settings as escaped JSON, in part percent-encoded. */
function decoded(page: string): string {
  return page.replace(/%[\da-f]{2}/gi, decodeURIComponent);
}

function browse(url: string): Promise<Response> {
  return fetch(url, { headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } });
}

function postInPieces(): ClientRequest {
  return request(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
}

function post(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('Health', () => {
  test.each(['/healthz', '/readyz'])('%s answers 200 without a call upstream', async (path) => {
    const response = await fetch(gateway.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await emulator.control.requests()).toEqual([]);
  });
});

describe('Explorers', () => {
  test('serves Apollo Sandbox with the first query at /graphql', async () => {
    const response = await browse(`${gateway.url}/graphql`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page).toContain('apollo');
    for (const text of ['query First($id: ID!)', 'first/variable', 'first-header']) {
      expect(decoded(page)).toContain(text);
    }
  });

  test('redirects / there', async () => {
    const response = await fetch(gateway.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
  });

  test('serves GraphiQL as one self-contained page with the first query', async () => {
    const response = await browse(`${gateway.url}/graphiql`);
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const markup = page.replace(/(<script\b[^>]*>).*?(<\/script>)/gs, '$1$2');
    expect(markup.match(/\b(?:src|href|action)=["']?(?!data:)[^"'\s>]+/gi)).toBeNull();
    for (const text of ['/graphql', 'query First($id: ID!)', 'first/variable', 'first-header']) {
      expect(page).toContain(text);
    }
  });

  test('are off in production', async () => {
    await inProduction(async ({ url }) => {
      expect((await browse(`${url}/graphiql`)).status).toBe(404);
      const landing = await browse(`${url}/graphql`);
      expect(landing.status).toBeGreaterThanOrEqual(400);
      expect(await landing.text()).not.toMatch(/<html/i);
    });
  });
});

describe('In production', () => {
  test('disables introspection and field suggestions', async () => {
    await inProduction(async (production) => {
      const introspection = await production.execute('{ __schema { queryType { name } } }');
      expect(introspection).toMatchObject({
        status: 400,
        errors: [
          {
            message: 'Introspection is disabled: `__schema` and `__type` cannot be selected.',
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED', retryable: false },
          },
        ],
      });
      const mistyped = await production.execute('{ account(id: "101") { nam } }');
      expect(mistyped.errors).toHaveLength(1);
      expect(mistyped.errors[0]!.message).not.toMatch(/did you mean/i);
    });
  });

  test('answers operations', async () => {
    await inProduction(async (production) => {
      const { data } = await production.execute(FieldingRunDocument, { id: runId });
      expect(data?.fieldingRun).toMatchObject({ status: 'LIVE' });
    });
  });

  test('enables both elsewhere', async () => {
    expect(await gateway.execute('{ __schema { queryType { name } } }')).toMatchObject({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    const { errors } = await gateway.execute('{ account(id: "101") { nam } }');
    expect(errors[0]!.message).toMatch(/did you mean "name"/i);
  });
});

describe('Other origins', () => {
  const origin = 'https://frontend.example';

  test('may call without credentials of the browser', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,traceparent',
      },
    });
    expect(response.ok).toBe(true);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-methods')).toMatch(/POST/);
    expect(response.headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test('may read the response', async () => {
    const response = await post('{"query":"{ __typename }"}', { origin });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'cannot call with a form: %s',
    async (contentType) => {
      const headers = { 'content-type': contentType, authorization: `Bearer ${demo.token}` };
      const response = await post('{"query":"{ accounts { id } }"}', headers);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await emulator.control.requests()).toEqual([]);
    },
  );

  test('cannot call with a link, which has no Authorization header', async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent('{ accounts { id } }')}`;
    expect((await fetch(url)).status).toBe(400);
    expect(await emulator.control.requests()).toEqual([]);
  });
});

describe('A body', () => {
  const ofBytes = (bytes: number): string => {
    const [head, tail] = ['{"query":"{ __typename }","padding":"', '"}'];
    return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
  };

  test('may have 1 MiB', async () => {
    expect((await post(ofBytes(1024 * 1024))).status).toBe(200);
  });

  test('is answered with 413 if it is larger', async () => {
    expect((await post(ofBytes(1024 * 1024 + 1))).status).toBe(413);
  });

  test('is answered with 413 if it turns out to be larger', async () => {
    const request = postInPieces();
    const [answer] = (await Promise.all([
      once(request, 'response'),
      pipeline(Readable.from(Array.from({ length: 40 }, () => ' '.repeat(32 * 1024))), request),
    ])) as [[IncomingMessage], unknown];
    expect(answer[0].statusCode).toBe(413);
    answer[0].resume();
    await once(answer[0], 'close');
  });

  test('may arrive in pieces that split a character', async () => {
    const body = Buffer.from('{"query":"{ ä }"}');
    const cut = body.indexOf(Buffer.from('ä')) + 1;
    const request = postInPieces();
    request.write(body.subarray(0, cut));
    await setTimeout(20);
    request.end(body.subarray(cut));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(await text(answer)).toContain('Unexpected character: U+00E4');
  });

  test.each(['{"query":"{ __typename }","__proto__":{"polluted":true}}', ''])(
    'is answered with 400 if it is no object: %s',
    async (body) => {
      expect((await post(body)).status).toBe(400);
    },
  );

  test.each([
    ['a batch', '[{"query":"{ __typename }"}]'],
    ['a missing document', '{}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}'],
  ])('is answered with 400 for %s', async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: expect.any(String) } }] });
  });

  test.each(['{"query":', 'not json', '{"query":"{ __typename }"} and more'])(
    'is answered with 400 if it is not JSON: %s',
    async (body) => {
      const response = await post(body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toMatch(/stack|node_modules|\.[jt]s\b/);
    },
  );

  test.each([
    ['a missing body', '', 'application/json', 400, /no body/],
    ['a body that is not JSON', '{"query":', 'application/json', 400, /not valid JSON/],
    ['a body that names a prototype', '{"__proto__":{}}', 'application/json', 400, /`__proto__`/],
    ['a body that is too large', ofBytes(1024 * 1024 + 1), 'application/json', 413, /1 MiB/],
    ['a body of another kind', '{ __typename }', 'application/graphql', 415, /`Content-Type`/],
  ])('answers %s with a GraphQL error', async (_what, body, contentType, status, message) => {
    const response = await post(body, { 'content-type': contentType });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: expect.stringMatching(message),
          extensions: {
            code: 'BAD_USER_INPUT',
            retryable: false,
            traceId: expect.stringMatching(/^[\da-f]{32}$/),
          },
        },
      ],
    });
  });

  test('is answered with 400 if its document is nested 20,000 levels deep', async () => {
    const query = `{ a${'{ a'.repeat(20_000)}${' }'.repeat(20_000)} }`;
    const response = await post(JSON.stringify({ query }));
    expect(response.status).toBe(400);
  });
});

describe('A document that has been seen before', () => {
  const document = `query One($id: ID!) { fieldingRun(id: $id) { status } } query Two { __typename }`;
  const body = (operationName: string, variables: object = {}) =>
    JSON.stringify({ query: document, operationName, variables });
  const headers = { authorization: `Bearer ${demo.token}` };

  async function answer(text: string, more: Readonly<Record<string, string>> = {}) {
    const response = await post(text, { ...headers, ...more });
    const { date, 'content-length': length, ...rest } = Object.fromEntries(response.headers);
    expect(date).toBeDefined();
    const received = await response.text();
    expect(length).toBe(String(Buffer.byteLength(received)));
    return {
      status: response.status,
      headers: rest,
      // How long a call took differs.
      body: received.replace(/"durationMs":[\d.]+/g, '"durationMs":0'),
    };
  }

  test('is answered like the first time', async () => {
    const [first, second] = [
      await answer(body('One', { id: runId })),
      await answer(body('One', { id: runId })),
    ];
    expect(first.status).toBe(200);
    expect(first.body).toMatch(
      /^\{"data":\{"fieldingRun":\{"status":"LIVE"\}\},"extensions":\{"cost":.*\}\n$/,
    );
    expect(second).toEqual(first);
    expect(await emulator.control.requests()).toHaveLength(2);
  });

  test.each([
    ['an operation that it does not have', body('Three'), 400, 'BAD_USER_INPUT'],
    ['no variable', body('One'), 400, 'BAD_USER_INPUT'],
    ['an id that is none', body('One', { id: 'x' }), 200, 'BAD_USER_INPUT'],
  ])('has the same errors the second time for %s', async (_, text, status, code) => {
    await answer(body('Two'));
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const [first, second] = [await answer(text, { traceparent }), await answer(text, { traceparent })];
    expect(first.status).toBe(status);
    expect(JSON.parse(first.body)).toMatchObject({
      errors: [{ extensions: { code, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' } }],
    });
    expect(second).toEqual(first);
  });

  test('is not confused with another that has the same operation names', async () => {
    const other = document.replace('{ status }', '{ version }');
    expect((await answer(body('One', { id: runId }))).body).toContain('"status"');
    const response = await post(
      JSON.stringify({ query: other, operationName: 'One', variables: { id: runId } }),
      headers,
    );
    const { data } = (await response.json()) as { data: unknown };
    expect(data).toEqual({ fieldingRun: { version: expect.any(String) } });
  });

  test('is answered the same while Apollo Server reports usage', async () => {
    const own = await startTestGateway({ demandApiUrl: emulator.url, env: { APOLLO_KEY: 'service:x:y' } });
    try {
      const answers = [
        await own.execute(FieldingRunDocument, { id: runId }),
        await own.execute(FieldingRunDocument, { id: runId }),
      ];
      const live = { status: 200, data: { fieldingRun: { status: 'LIVE' } }, errors: [] };
      expect(answers).toMatchObject([live, live]);
    } finally {
      await own.close();
    }
  });
});

test('answers 404 for an unknown path', async () => {
  expect((await fetch(`${gateway.url}/nothing`)).status).toBe(404);
});

describe('Closing', () => {
  test('reports "not ready", finishes requests in flight, and frees the port', async () => {
    const own = await startTestGateway({ demandApiUrl: emulator.url });
    const { port } = new URL(own.url);
    await emulator.control.faults.add({ path: '/fielding-runs/', delay_ms: 2000 });
    const inFlight = own.execute(FieldingRunDocument, { id: runId });
    await arrived();
    expect(await readiness(own)).toEqual([200, { status: 'ready', demandApi: 'available', failing: [] }]);

    const closed = own.close();
    expect(await readiness(own)).toEqual([503, { status: 'not ready', demandApi: 'available', failing: [] }]);
    expect((await fetch(`${own.url}/healthz`)).status).toBe(200);
    expect(await inFlight).toMatchObject({
      status: 200,
      data: { fieldingRun: { status: 'LIVE' } },
      errors: [],
    });
    await closed;

    await expect(fetch(`${own.url}/healthz`)).rejects.toThrow();
    await listensOn(Number(port));
  });

  test('does not wait for a connection that has never sent a request', async () => {
    const own = await startTestGateway({ demandApiUrl: emulator.url });
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const cut = once(socket, 'close');
    await own.close();
    await cut;
  });

  test.each<[string, GraphQLServerListener]>([
    ['drainServer', { drainServer: () => Promise.reject(new Error('The plugin failed.')) }],
    ['serverWillStop', { serverWillStop: () => Promise.reject(new Error('The plugin failed.')) }],
  ])('is complete though the hook %s of a plugin fails, and reports that', async (_, listener) => {
    const upstream = await startScriptedUpstream();
    upstream.on('GET', '/accounts', { body: { accounts: [] } });
    const plugin = { serverWillStart: () => Promise.resolve(listener) };
    const own = await startTestGateway({ demandApiUrl: upstream.url, plugins: [plugin] });
    const idle = await openRaw(own.url);
    expect(await own.execute('{ accounts { id } }')).toMatchObject({ status: 200 });
    expect(upstream.connections()).toBe(1);
    await expect(own.close()).rejects.toThrow('The plugin failed.');
    await idle.untilClosed();
    await listensOn(Number(new URL(own.url).port));
    // The API itself keeps idle connections for five seconds.
    await setTimeout(1000);
    expect(upstream.connections()).toBe(0);
    await upstream.close();
  });

  test('may be asked for twice', async () => {
    const own = await startTestGateway({ demandApiUrl: emulator.url });
    await Promise.all([own.close(), own.close()]);
  });

  async function readiness({ url }: TestGateway): Promise<unknown> {
    const response = await fetch(`${url}/readyz`);
    return [response.status, await response.json()];
  }

  async function arrived(): Promise<void> {
    while ((await emulator.control.requests()).length === 0) await setTimeout(5);
  }

  /** Fails where somebody still listens there. */
  async function listensOn(port: number): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
});
