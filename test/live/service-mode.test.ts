/** With `AUTH_MODE=service`, each operation of a connection is authenticated by itself, on each transport. */
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { readConfig } from '../../src/config.js';
import { readKeySet } from '../../src/auth/key-source.js';
import { KeySet } from '../../src/auth/key-set.js';
import { startTestIssuer, type TestIssuer } from '../helpers/issuer.js';
import { until } from '../helpers/until.js';
import {
  runUpdated,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  type LiveFixture,
} from './live-fixture.js';

let issuer: TestIssuer;
let fixture: LiveFixture;
beforeAll(async () => {
  issuer = await startTestIssuer();
  fixture = await startLiveFixture({ env: issuer.env });
});
afterAll(async () => {
  await fixture.close();
  await issuer.close();
});

const nowS = () => Math.floor(Date.now() / 1000);

async function overWebSocket(token: string | undefined): Promise<ReceivedResults> {
  const connectionParams = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const closes: unknown[] = [];
  const client = webSocketClient(fixture.gateway, {
    connectionParams,
    on: { closed: (event) => closes.push(event) },
  });
  const received = new ReceivedResults();
  client.subscribe({ query: '{ __typename }' }, received.sink);
  await until(() => received.end !== undefined);
  await client.dispose();
  await until(() => closes.length === 1);
  expect(closes).toMatchObject([{ code: 1000 }]);
  return received;
}

test('an operation over WebSocket with a valid token is executed', async () => {
  expect((await overWebSocket(await issuer.token())).results).toEqual([{ data: { __typename: 'Query' } }]);
});

test.each<[string, () => Promise<string | undefined>]>([
  ['no token', () => Promise.resolve(undefined)],
  ['a token that is none', () => Promise.resolve('x')],
  ['an expired token', () => issuer.token({ claims: { exp: nowS() - 60 } })],
])(
  'an operation over WebSocket with %s has an error, and the client closes the connection itself',
  async (_, token) => {
    const { results, end } = await overWebSocket(await token());
    expect(results).toEqual([]);
    expect(end).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', retryable: false } }]);
  },
);

test.each<[string, number, RegExp]>([
  [
    'text/event-stream',
    200,
    /^:\n\nevent: next\ndata: \{"errors":.*"UNAUTHENTICATED".*\n\nevent: complete\ndata:\n\n$/,
  ],
  ['multipart/mixed;subscriptionSpec=1.0,application/json', 401, /^\{"errors":.*"UNAUTHENTICATED"/],
])('a subscription without a token over %s is rejected with %i', async (accept, status, text) => {
  const response = await fetch(`${fixture.gateway.url}/graphql`, {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json' },
    body: JSON.stringify(runUpdated),
  });
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(text);
});

test('a principal expires when its token is no longer accepted', async () => {
  const { jwt } = readConfig({ ...issuer.env, JWT_CLOCK_TOLERANCE_S: '7' });
  if (jwt === undefined) throw new Error('There is no issuer.');
  const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json();
  const keys = new KeySet({ read: (signal) => readKeySet(jwt, getJson, signal), onFailure: () => undefined });
  const exp = nowS() + 100;
  const verifier = new TokenVerifier({ config: jwt, keys, now: Date.now });
  const principal = await verifier.verify(`Bearer ${await issuer.token({ claims: { exp } })}`);
  expect(principal.expiresAt).toBe((exp + 7) * 1000);
  keys.close();
});
