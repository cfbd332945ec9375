/** What a client can make the gateway keep in memory, without a bound on the number of its requests. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { openRaw, type RawClient } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { EACH_TRANSPORT } from './transports.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const KIB = 1024;
const MIB = 1024 * KIB;
/** Nearly as much as the body of a request may have. */
const LARGE = 'x'.repeat(MIB - 10 * KIB);
const RUN = '101/p/t/r';
const QUERY = `{ fieldingRun(id: "${RUN}") { status } }`;

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    env: { REQUEST_TIMEOUT_MS: '60000', DEMAND_API_TIMEOUT_MS: '60000', MAX_VARIABLE_VALUES: '50' },
  });
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** In MiB, without garbage. */
function usedMemory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

function large(id: string): Promise<Awaited<ReturnType<TestGateway['execute']>>> {
  return gateway.execute(`query ($id: ID!) { fieldingRun(id: $id) { status } }`, { id, pad: LARGE });
}

test.each(EACH_TRANSPORT)('Over %s, `extensions` with many values are rejected', async (_name, send) => {
  const { errors } = await send(gateway.url, { query: QUERY, extensions: { many: new Array(300).fill([]) } });
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/^`extensions` has more than 200 values/),
      extensions: { code: 'BAD_USER_INPUT', retryable: false, traceId: expect.any(String) },
    },
  ]);
  expect(upstream.requests).toEqual([]);
});

test.each(EACH_TRANSPORT)('Over %s, variables with many values are rejected', async (_name, send) => {
  const many = new Array(60).fill(0);
  const { errors } = await send(gateway.url, { query: QUERY, variables: { many } });
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/^The variables have more than 50 values.*MAX_VARIABLE_VALUES/),
      extensions: { code: 'BAD_USER_INPUT', retryable: false, traceId: expect.any(String) },
    },
  ]);
  expect(upstream.requests).toEqual([]);
});

test('Large requests that are executed are bounded in sum, and keep no small ones out', async () => {
  upstream.on('GET', /fielding-runs/, { fault: 'hang' });
  const requests = Array.from({ length: 40 }, (_none, nth) => large(`101/p/t/r${nth}`));
  const rejected: Awaited<(typeof requests)[number]>[] = [];
  for (const request of requests) {
    void request.then((answer) => {
      if (answer.status === 503) rejected.push(answer);
    });
  }
  await until(() => rejected.length + upstream.requests.length === 40);
  expect(upstream.requests).toHaveLength(32);
  for (const { status, headers, errors } of rejected) {
    expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '1' });
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryable: true } }]);
  }
  expect(await gateway.execute('{ __typename }')).toMatchObject({ status: 200, errors: [] });

  await upstream.close();
  await Promise.all(requests);
  expect((await large(RUN)).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});

describe('A subscription does not keep what it does not need of its request', () => {
  const COUNT = 10;
  /** Those with equal variables would share them. */
  const operation = (nth: number) => ({
    query: `subscription { fieldingRunUpdated(id: "${RUN}") { status } }`,
    variables: { pad: `${nth}${LARGE}` },
  });

  beforeEach(() => {
    upstream.on('GET', /fielding-runs/, {
      headers: { etag: 'W/"5"' },
      body: {
        id: 'r',
        status: 'live',
        version: 5,
        start_fielding_at: '2026-11-09T23:00:00.000Z',
        end_fielding_at: '2027-11-09T23:00:00.000Z',
        last_changed_at: '2026-11-09T23:00:00.000Z',
        last_changed_by: 'u',
      },
    });
  });

  /** Subscribes {@link COUNT} times, and waits until less than half of what was sent is kept: buffers are freed a little later. */
  async function expectLittleKept(subscribe: (nth: number, next: () => void) => void): Promise<void> {
    const before = usedMemory();
    let started = 0;
    for (let count = 0; count < COUNT; count += 1) subscribe(count, () => (started += 1));
    await until(() => started >= COUNT);
    await until(() => usedMemory() - before < COUNT / 2);
  }
  const sink = (next: () => void) => ({ next, error: () => undefined, complete: () => undefined });

  test('over WebSocket', async () => {
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer demo' },
    });
    await expectLittleKept((nth, next) => void client.subscribe(operation(nth), sink(next)));
    await client.dispose();
  });

  // Clients keep their requests for as long as they run, so this is none.
  test('over Server-Sent Events', async () => {
    const clients: RawClient[] = [];
    const subscribe = async (nth: number, next: () => void) => {
      const body = JSON.stringify(operation(nth));
      const client = await openRaw(gateway.url);
      clients.push(client);
      client.send(
        'POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer demo\r\nAccept: text/event-stream\r\n' +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      client.send(body);
      await client.until((text) => text.includes('event: next'));
      next();
    };
    await expectLittleKept((nth, next) => void subscribe(nth, next));
    for (const client of clients) client.close();
  });
});

test('Large subscriptions are bounded in sum, and keep no small ones out', async () => {
  upstream.on('GET', /fielding-runs/, { fault: 'hang' });
  const comment = `#${LARGE}\n`;
  const client = createClient({
    url: `${gateway.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: 'Bearer demo' },
  });
  const errors: unknown[] = [];
  const subscribe = (query: string) =>
    client.subscribe(
      { query },
      { next: () => undefined, error: (error) => errors.push(error), complete: () => undefined },
    );
  const operation = (id: string) => `subscription { fieldingRunUpdated(id: "${id}") { status } }`;
  for (let count = 0; count < 70; count += 1) subscribe(comment + operation(`101/p/t/r${count}`));
  await until(() => errors.length + upstream.requests.length >= 70);
  expect(errors.length).toBeGreaterThanOrEqual(5);
  expect(errors[0]).toMatchObject([{ message: expect.stringMatching(/large/) }]);
  const before = upstream.requests.length;
  subscribe(operation('101/p/t/small'));
  await until(() => upstream.requests.length > before);
  await client.dispose();
});
