/** Every rejected request is answered in one form, whoever rejects it: Node.js, Fastify or the gateway. */
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { postText } from '../helpers/http-text.js';
import { openRaw, type RawClient } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';

const MIB = 1024 * 1024;
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const READ_RUN = '{"query":"{ fieldingRun(id: \\"1/p/t/r\\") { id } }"}';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
const clients: RawClient[] = [];

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({ demandApiUrl: upstream.url, env: { CLIENT_TIMEOUT_MS: '2500' } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  upstream.reset();
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function connect(): Promise<RawClient> {
  const client = await openRaw(gateway.url);
  clients.push(client);
  return client;
}

/** The first response to `bytes`, as a client reads it. */
async function responseTo(bytes: string) {
  const client = await connect();
  client.send(bytes);
  const text = await client.until((received) => /\r\n\r\n(?:\{.*\}\n|$)/s.test(received));
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(': ');
      return [name.toLowerCase(), value];
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

const requestText = (line: string, headers: Readonly<Record<string, string>> = {}) =>
  `${line} HTTP/1.1\r\n${Object.entries({ Host: 'a', traceparent, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
const read = (headers: Readonly<Record<string, string | undefined>>) =>
  postText({ headers: { traceparent, Authorization: 'Bearer a', ...headers }, body: READ_RUN });

test.each<[string, string, number, RegExp]>([
  ['a request without a host', read({ Host: undefined }), 400, /`Host`/],
  ['an expectation', read({ Expect: 'magic' }), 417, /`Expect`/],
  [
    'a transfer coding',
    read({ 'Content-Length': undefined, 'Transfer-Encoding': 'gzip, chunked' }).replace(
      READ_RUN,
      `${READ_RUN.length.toString(16)}\r\n${READ_RUN}\r\n0\r\n\r\n`,
    ),
    501,
    /`Transfer-Encoding`/,
  ],
  ['a tunnel', requestText('CONNECT a:80'), 405, /CONNECT/],
  ['a path that cannot be decoded', requestText('GET /%zz'), 400, /not a valid url/],
  ['a path that reads like the pattern of a route', requestText('GET /:a('), 404, /nothing at this path/],
  ['a wrong method', requestText('DELETE /graphql'), 405, /DELETE.*GET or POST/],
  ['a wrong method and an absolute target', requestText('PUT http://a/graphql?b'), 405, /PUT.*GET or POST/],
  [
    'a malformed body for an unknown path',
    postText({ path: '/nothing', headers: { traceparent }, body: '{' }),
    404,
    /nothing at this path/,
  ],
  [
    'a wrong method and a malformed type',
    requestText('PUT /graphql', { 'Content-Type': 'garbage' }),
    405,
    /PUT/,
  ],
  [
    'an unknown path and an empty type',
    postText({ path: '/nothing', headers: { traceparent, 'Content-Type': '' } }),
    404,
    /nothing at this path/,
  ],
  [
    'a body that is not UTF-8',
    postText({ headers: { traceparent }, body: '{"query":"{ \xff }"}' }),
    400,
    /UTF-8/,
  ],
  [
    'a query string that is not UTF-8',
    requestText('GET /graphql?query={__typename}&variables={"a":"%ff"}', { Authorization: 'a' }),
    400,
    /UTF-8/,
  ],
  ['a body that never arrives', read({ 'Content-Length': '1000' }), 408, /in time/],
  ['a malformed host', read({ Host: 'a b/c' }), 400, /`Host`/],
  ['a second host', read({ host: 'b' }), 400, /`Host`/],
  ['a second host that is the same', read({ host: 'gateway.example' }), 400, /`Host`/],
  ['a second type', read({ 'content-type': 'text/plain' }), 415, /`Content-Type`/],
  ['a tunnel without a host', requestText('CONNECT a:80').replace('Host: a\r\n', ''), 400, /`Host`/],
  ['a wrong method and an encoded path', requestText('PUT /%67raphql'), 405, /PUT.*GET or POST/],
  [
    'another version that Node.js reads',
    requestText('GET /graphql').replace('1.1', '2.0'),
    505,
    /HTTP\/1\.1/,
  ],
])('%s is rejected with an error of GraphQL', async (_, bytes, status, message) => {
  const response = await responseTo(bytes);
  expect({ ...response, body: JSON.parse(response.body) as unknown }).toEqual({
    status,
    headers: expect.objectContaining({
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      date: expect.any(String),
      ...(status === 405 && { allow: 'GET, POST' }),
    }),
    body: {
      errors: [
        {
          message: expect.stringMatching(message),
          extensions: {
            code: 'BAD_USER_INPUT',
            traceId: TRACE_ID,
            ...(status === 408 ? { retryable: true, retryAfterSeconds: 0 } : { retryable: false }),
          },
        },
      ],
    },
  });
  expect(upstream.requests).toEqual([]);
});

test.each([
  ['an unknown method', requestText('FOO /graphql'), 501, /method/],
  ['a method in lower case', requestText('post /graphql'), 501, /method/],
  ['a method of another protocol', requestText('DESCRIBE /graphql'), 501, /method/],
  ['a method that begins like another', requestText('GETX /graphql'), 501, /method/],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01', 400, /not valid HTTP/],
  ['another version', requestText('GET /graphql').replace('1.1', '3.0'), 505, /version/],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, /version/],
  ['a long path', requestText(`GET /${'a'.repeat(17_000)}`), 431, /^The request line and the headers/],
])('%s cannot be parsed, and is rejected for what it is', async (_, bytes, status, message) => {
  for (const before of ['', requestText('GET /healthz')]) {
    const client = await connect();
    client.send(before);
    if (before !== '') await client.until((text) => text.includes('"ok"'));
    client.send(bytes);
    const text = await client.untilClosed();
    const [head = '', body = ''] = text.slice(text.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
    expect(Number(head.split(' ')[1])).toBe(status);
    expect(JSON.parse(body)).toMatchObject({
      errors: [{ message: expect.stringMatching(message), extensions: { retryable: false } }],
    });
  }
});

test.each(['', 'a', 'a.example:80', 'a_b.example', '[::1]:4000', '127.0.0.1', '%61', 'a:'])(
  'the host %j is valid',
  async (host) => {
    expect(await responseTo(postText({ headers: { Host: host } }))).toMatchObject({ status: 200 });
  },
);

test('of two tokens the gateway chooses none: it sends both on', async () => {
  await responseTo(read({ authorization: 'Bearer b' }));
  expect(upstream.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer a, Bearer b']);
});

const PAUSE = 'mutation { pauseFieldingRun(input: { id: "1/p/t/r", version: "5" }) { userErrors { code } } }';
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'graphql-transport-ws',
};

test.each([
  ['a tunnel', requestText('CONNECT a:80')],
  ['a WebSocket', requestText('GET /graphql', UPGRADE)],
  ['a WebSocket that is used at once', `${requestText('GET /graphql', UPGRADE)}${'x'.repeat(100_000)}`],
  ['a WebSocket that would be rejected', requestText('GET /nothing', UPGRADE)],
  ['nonsense', 'nonsense\r\n\r\n'],
])('the response to a mutation is not lost if %s is asked for behind it', async (_, bytes) => {
  upstream.on('POST', /fielding-runs\/r\/pause/, { status: 204, headers: { etag: 'W/"6"' }, delayMs: 200 });
  const client = await connect();
  client.send(postText({ headers: { Authorization: 'Bearer a' }, body: JSON.stringify({ query: PAUSE }) }));
  await until(() => upstream.requests.length === 1);
  client.send(bytes);
  const text = await client.untilClosed();
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  expect(text).toMatch(/\r\nconnection: close\r\n/i);
  expect(text).toContain('"data":{"pauseFieldingRun":{"userErrors":[]}}');
});

describe('A request that is answered before its body has arrived', () => {
  const early: readonly (readonly [string, number, string])[] = [
    [
      'a query',
      200,
      requestText('GET /graphql?query={__typename}', { Authorization: 'a', 'Content-Length': '9' }),
    ],
    ['an unknown path', 404, postText({ path: '/nothing', headers: { 'Content-Length': '9' }, body: '' })],
    ['a wrong method', 405, requestText('PUT /graphql', { 'Content-Length': '9' })],
    [
      'a wrong type',
      415,
      postText({ headers: { 'Content-Type': 'text/plain', 'Content-Length': '9' }, body: '' }),
    ],
    ['a wrong expectation', 417, postText({ headers: { Expect: 'a', 'Content-Length': '9' }, body: '' })],
  ];

  test('has one response if the rest never arrives', async () => {
    const all = early.map(async ([, , head]) => {
      const client = await connect();
      client.send(`${head}abc`);
      return (await client.untilClosed()).match(/HTTP\/1\.1 \d+/g);
    });
    expect(await Promise.all(all)).toEqual(early.map(([, status]) => [`HTTP/1.1 ${status}`]));
  });

  test.each(early)('has one response if the rest is malformed: %s', async (_, status, head) => {
    const client = await connect();
    client.send(`${head.replace('Content-Length: 9', 'Transfer-Encoding: chunked')}3\r\nabc\r\n`);
    await client.until((text) => text.includes('\r\n\r\n'));
    client.send('zz\r\n');
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
  });

  test.each(early)('keeps its connection if the rest arrives: %s', async (_, status, head) => {
    const client = await connect();
    client.send(`${head}abc`);
    await client.until((text) => text.includes('\r\n\r\n'));
    client.send(`defghi${requestText('GET /healthz')}`);
    const text = await client.until((received) => received.includes('"status":"ok"'));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
    // What comes next is answered by itself.
    client.send('\x16');
    expect(await client.untilClosed()).toMatch(/HTTP\/1\.1 400 /);
  });
});

test('OPTIONS without an origin returns the allowed methods', async () => {
  const { status, headers } = await responseTo(requestText('OPTIONS /graphql'));
  expect({ status, methods: headers['access-control-allow-methods'] }).toEqual({
    status: 204,
    methods: 'GET, POST',
  });
});

test('a request that is rejected for its type has the type of response that its client accepts', async () => {
  const accept = 'application/graphql-response+json';
  const { status, headers } = await responseTo(read({ Accept: accept, 'Content-Type': 'text/plain' }));
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 415,
    type: `${accept}; charset=utf-8`,
  });
});

describe('A client that expects to be asked for its body', () => {
  test('gets `100 Continue` when the body is read', async () => {
    const client = await connect();
    const request = postText({ headers: { Expect: '100-continue' } });
    const split = request.indexOf('\r\n\r\n') + 4;
    client.send(request.slice(0, split));
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.send(request.slice(split));
    expect(await client.until((text) => text.endsWith('\n') && text.includes('200 OK'))).toContain(
      '"__typename"',
    );
  });

  test('is not asked over HTTP/1.0', async () => {
    const request = postText({ headers: { Expect: '100-continue' } }).replace('HTTP/1.1', 'HTTP/1.0');
    expect(await responseTo(request)).toMatchObject({ status: 200 });
  });

  test.each([
    ['the type', { 'Content-Type': 'text/plain' }, 415],
    ['the length', { 'Content-Length': String(5 * MIB) }, 413],
  ])('is not asked when %s of the body is rejected, and the connection ends', async (_, headers, status) => {
    const request = postText({ headers: { Expect: '100-continue', ...headers }, body: '' });
    const response = await responseTo(request);
    expect({ status: response.status, connection: response.headers['connection'] }).toEqual({
      status,
      connection: 'close',
    });
  });
});

/** In MiB. */
const residentMemory = () => process.memoryUsage.rss() / MIB;

test('bodies for unknown paths are not kept', async () => {
  const before = residentMemory();
  const bytes = postText({
    path: '/nothing',
    headers: { 'Content-Length': String(MIB) },
    body: 'x'.repeat(MIB - 100),
  });
  const rejected = [];
  for (let nth = 0; nth < 200; nth += 1) {
    const client = await connect();
    client.send(bytes);
    rejected.push(client.until((text) => text.includes('\r\n\r\n')));
  }
  const statuses = (await Promise.all(rejected)).map((text) => text.split(' ')[1]);
  expect(statuses).toEqual(Array(200).fill('404'));
  expect(residentMemory() - before).toBeLessThan(150);
});
