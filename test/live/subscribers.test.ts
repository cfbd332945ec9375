import { pino } from 'pino';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { readConfig } from '../../src/config.js';
import { readKeySet } from '../../src/auth/key-source.js';
import { KeySet } from '../../src/auth/key-set.js';
import { until } from '../helpers/until.js';
import { startTestIssuer, type TestIssuer } from '../helpers/issuer.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { project } from '../upstream/faults/demand.js';
import {
  runUpdated,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  type LiveFixture,
  sseClient,
} from './live-fixture.js';

/** Subscribers of the same thing share what can be shared. */
describe('Subscribers of the same thing', () => {
  let fixture: LiveFixture;
  beforeAll(async () => {
    fixture = await startLiveFixture();
  });
  afterAll(() => fixture.close());

  /** The target group is not in what is read of a run. Its read fails, and errors have the trace id of their execution. */
  const WITH_TARGET_GROUP = `subscription Run($id: ID!) { fieldingRunUpdated(id: $id) { version targetGroup { name } } }`;
  const SUBSCRIBERS = 20;

  test.each<[string, (n: number) => string, number]>([
    ['equal operations of one principal are executed once for each event', () => WITH_TARGET_GROUP, 1],
    ['other documents are executed by themselves', (n) => `#${n}\n${WITH_TARGET_GROUP}`, SUBSCRIBERS],
  ])('%s', async (_, queryOf, executions) => {
    await fixture.emulator.control.faults.add({ method: 'GET', path: '/overview$', status: 403 });
    const client = webSocketClient(fixture.gateway);
    const all = Array.from({ length: SUBSCRIBERS }, () => new ReceivedResults());
    all.forEach((received, n) => {
      client.subscribe({ ...runUpdated, query: queryOf(n) }, received.sink);
    });
    await until(() => all.every(({ results }) => results.length === 1));
    await fixture.change();
    await until(() => all.every(({ results }) => results.length === 2));
    for (const event of [0, 1]) {
      const traceIds = all.map(({ results }) => {
        const { errors } = results[event] as {
          errors: readonly { extensions: { code: string; traceId: string } }[];
        };
        expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
        return errors[0]?.extensions.traceId;
      });
      expect(new Set(traceIds).size).toBe(executions);
    }
    await fixture.emulator.control.faults.clear();
    await client.dispose();
  });

  test('A token that the Demand API rejects ends the subscription with the error of every operation', async () => {
    const client = webSocketClient(fixture.gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    await fixture.emulator.control.faults.add({ method: 'GET', path: 'fielding-runs', status: 401 });
    await until(() => received.end !== undefined);
    expect(received.end).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', retryable: false, traceId: expect.any(String) } },
    ]);
    await client.dispose();
  });
});

/** With `AUTH_MODE=service`, each operation of a connection is authenticated by itself, on each transport. */
describe('With AUTH_MODE=service', () => {
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
    const keys = new KeySet({
      read: (signal) => readKeySet(jwt, getJson, signal),
      onFailure: () => undefined,
    });
    const exp = nowS() + 100;
    const verifier = new TokenVerifier({ config: jwt, keys, now: Date.now });
    const principal = await verifier.verify(`Bearer ${await issuer.token({ claims: { exp } })}`);
    expect(principal.expiresAt).toBe((exp + 7) * 1000);
    keys.close();
  });
});

/** A subscriber for whom more changes wait than are kept gets an error that says so, and that is not the gateway's. */
describe('A subscriber that is too slow', () => {
  /** One waits for no one, and one more than are kept. */
  const CHANGED = 10_002;

  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    upstream = await startScriptedUpstream();
    gateway = await startTestGateway({
      demandApiUrl: upstream.url,
      // Outside production, results say what they cost. Each poll reads thousands of target groups.
      env: {
        NODE_ENV: 'production',
        SLOW_OPERATION_MS: '0',
        POLL_MIN_MS: '200',
        POLL_MAX_MS: '200',
      },
      logger: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
    });
  });
  afterEach(async () => {
    await gateway.close();
    await upstream.close();
  });

  test.each([
    ['WebSocket', webSocketClient],
    ['Server-Sent Events', sseClient],
  ])('over %s', async (_transport, connect) => {
    let name = 'before';
    upstream.on('GET', `${project.path}/target-groups`, () => ({
      body: {
        has_more: false,
        target_groups: Array.from({ length: CHANGED }, (_, item) => ({ id: `T${item}`, name })),
      },
    }));
    const client = connect(gateway);
    const received = new ReceivedResults();
    const query = `
    query Other { __typename }
    subscription Changes { ...Root }
    fragment Root on Subscription { ... { changed: targetGroupUpdated(projectId: "${project.id}") { name } } }
  `;
    client.subscribe({ query, operationName: 'Changes' }, received.sink);
    await until(() => upstream.requests.length >= 2);
    name = 'after';
    await until(() => received.end !== undefined);
    const errors = [
      {
        message: expect.stringMatching(
          /^More target groups have changed than the client has received in time/,
        ),
        path: ['changed'],
        extensions: { code: 'RATE_LIMITED', retryable: true, traceId: expect.any(String) },
      },
    ];
    const changed = { data: { changed: { name: 'after' } } };
    expect([...received.results, received.end]).toEqual(
      connect === webSocketClient ? [changed, errors] : [changed, { errors }, 'complete'],
    );
    expect(lines).toEqual([]);
    await client.dispose();
  });
});
