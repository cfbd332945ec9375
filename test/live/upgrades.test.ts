/** Which connections become WebSockets, and what the others are received. */
import { upgradeError, type UpgradeRequest } from '../../src/server/websocket/upgrade.js';
import { openRaw } from '../helpers/raw-client.js';
import { postText } from '../helpers/http-text.js';
import { startLiveFixture, type LiveFixture } from './live-fixture.js';

const headers = {
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};
const upgrade: UpgradeRequest = { method: 'GET', url: '/graphql', headers };
const open = { isClosing: false, origins: '*' } as const;
const only = { isClosing: false, origins: ['https://app.example'] };

describe('An upgrade', () => {
  test.each<[string, UpgradeRequest, Parameters<typeof upgradeError>[1], number | undefined]>([
    ['is accepted', upgrade, open, undefined],
    ['may have a query string', { ...upgrade, url: '/graphql?a=b' }, open, undefined],
    [
      'may offer other subprotocols',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': 'x, graphql-transport-ws' } },
      open,
      undefined,
    ],
    ['may have an absolute target', { ...upgrade, url: 'http://a.example/graphql?a=b' }, open, undefined],
    ['may have an encoded path', { ...upgrade, url: '/%67raphql' }, open, undefined],
    ['of a path that cannot be decoded is rejected', { ...upgrade, url: '/graphql%zz' }, open, 404],
    ['of another path is rejected', { ...upgrade, url: '/other' }, open, 404],
    ['by another method is rejected', { ...upgrade, method: 'POST' }, open, 405],
    [
      'without a subprotocol is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': undefined } },
      open,
      400,
    ],
    [
      'of the older subprotocol is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': 'graphql-ws' } },
      open,
      400,
    ],
    [
      'of another version is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-version': '12' } },
      open,
      426,
    ],
    ['while the gateway closes is rejected', upgrade, { ...open, isClosing: true }, 503],
    [
      'from any origin is accepted where CORS allows any',
      { ...upgrade, headers: { ...headers, origin: 'https://x.example' } },
      open,
      undefined,
    ],
    [
      'from an allowed origin is accepted',
      { ...upgrade, headers: { ...headers, origin: 'https://app.example' } },
      only,
      undefined,
    ],
    [
      'from another origin is rejected',
      { ...upgrade, headers: { ...headers, origin: 'https://x.example' } },
      only,
      403,
    ],
    ['without an origin comes from no page', upgrade, only, undefined],
  ])('%s', (_, request, conditions, status) => {
    expect(upgradeError(request, conditions)?.status).toBe(status);
  });
});

describe('The server', () => {
  let fixture: LiveFixture;
  beforeAll(async () => {
    fixture = await startLiveFixture();
  });
  afterAll(() => fixture.close());

  const lines = (given: Readonly<Record<string, string | undefined>>) => {
    const all: Readonly<Record<string, string | undefined>> = { Host: 'a', Connection: 'Upgrade', ...given };
    return Object.entries(all)
      .map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`))
      .join('');
  };
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';

  test.each<[string, string, Readonly<Record<string, string | undefined>>, number, RegExp]>([
    ['another path', '/x', {}, 404, /^There is no WebSocket at this path/],
    ['another subprotocol', '/graphql', { 'Sec-WebSocket-Protocol': 'graphql-ws' }, 400, /must offer/],
    [
      'a malformed list of subprotocols',
      '/graphql',
      { 'Sec-WebSocket-Protocol': 'graphql-transport-ws,,' },
      400,
      /Sec-WebSocket-Protocol/,
    ],
    ['a malformed key', '/graphql', { 'Sec-WebSocket-Key': 'x' }, 400, /Sec-WebSocket-Key/],
    ['no key', '/graphql', { 'Sec-WebSocket-Key': undefined }, 400, /Sec-WebSocket-Key/],
    ['no version', '/graphql', { 'Sec-WebSocket-Version': undefined }, 426, /Sec-WebSocket-Version/],
    ['no host', '/graphql', { Host: undefined }, 400, /`Host`/],
    ['a malformed host', '/graphql', { Host: 'a b' }, 400, /`Host`/],
  ])(
    'answers %s with an error of GraphQL and closes the connection',
    async (_, path, other, status, message) => {
      const client = await openRaw(fixture.gateway.url);
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const all = {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': 'graphql-transport-ws',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        ...other,
      };
      client.send(`GET ${path} HTTP/1.1\r\n${lines(all)}\r\n`);
      const [head = '', body = ''] = (await client.untilClosed()).split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toMatch(/\r\ncontent-type: application\/json; charset=utf-8\r\n/);
      expect(head).toMatch(/\r\nx-content-type-options: nosniff\r\n/);
      expect(JSON.parse(body)).toEqual({
        errors: [
          {
            message: expect.stringMatching(message),
            extensions: { code: 'BAD_USER_INPUT', retryable: false, traceId },
          },
        ],
      });
    },
  );

  test('chooses the subprotocol, and compresses nothing', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      `GET /graphql HTTP/1.1\r\n${lines({
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': 'x, graphql-transport-ws',
        'Sec-WebSocket-Extensions': 'permessage-deflate',
      })}\r\n`,
    );
    const text = await client.until((received) => received.includes('\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 101 .*\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n/s);
    expect(text).not.toMatch(/Extensions/i);
    client.close();
  });

  test('answers a request that would rather use HTTP/2, over HTTP/1.1', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      postText({ headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'x' } }),
    );
    const answers = (text: string) => (text.match(/"__typename"/g) ?? []).length;
    expect(await client.until((text) => answers(text) === 1)).toMatch(/^HTTP\/1\.1 200 /);
    client.send(postText());
    await client.until((text) => answers(text) === 2);
    client.close();
  });

  test('does not let a WebSocket overtake an earlier request', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"query":"{ __typename }"}`.slice(
        0,
        -1,
      ),
    );
    client.send(
      `GET /graphql HTTP/1.1\r\n${lines({ Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Protocol': 'graphql-transport-ws' })}\r\n`,
    );
    expect(await client.untilClosed()).not.toMatch(/ 101 /);
  });
});
