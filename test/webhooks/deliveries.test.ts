import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GraphQLFormattedError } from 'graphql';
import { pino } from 'pino';
import { listenToHints, type ChangeHint } from '../../src/events/hints.js';
import type { DeliveryStore } from '../../src/state/delivery-store.js';
import { processSharedState, type SharedState } from '../../src/state/shared-state.js';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.js';
import { postText } from '../helpers/http-text.js';
import { openRaw } from '../helpers/raw-client.js';
import { randomRuns } from '../helpers/random-runs.js';
import { event, IDS, PUBLISHED, OTHER_SECRET, SECRET, signatureOf } from './delivery.js';

const PATH = '/webhooks/demand';
const TYPE = 'application/cloudevents+json';

let sharedState: SharedState;
let hints: ChangeHint[];
let lines: string[];
let gateway: TestGateway;

beforeEach(async () => {
  sharedState = processSharedState();
  hints = [];
  lines = [];
  await listenToHints(sharedState.messages, (hint) => hints.push(hint));
});
afterEach(() => gateway.close());

type Options = Partial<Pick<TestGatewayOptions, 'env' | 'now'>>;

async function start({ env, ...options }: Options = {}): Promise<void> {
  gateway = await startTestGateway({
    demandApiUrl: 'http://127.0.0.1:9/v1',
    sharedState,
    logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }),
    env: { WEBHOOK_SECRET: SECRET, ...env },
    ...options,
  });
}

interface Delivery {
  readonly secret?: string;
  /** When it is signed, in milliseconds since the epoch. */
  readonly at?: number;
  /** Headers beside or instead of the usual ones; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

function deliver(
  body: unknown = event,
  { secret = SECRET, at = Date.now(), headers = {} }: Delivery = {},
): Promise<Response> {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const all: Delivery['headers'] = {
    'content-type': TYPE,
    'cint-signature': signatureOf(text, secret, at),
    ...headers,
  };
  return fetch(gateway.url + PATH, {
    method: 'POST',
    headers: Object.entries(all).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, value]],
    ),
    // Bytes, so that `fetch` adds no `Content-Type`.
    body: Buffer.from(text),
  });
}

/** The one error of a response, which has the shape of every error. */
async function errorOf(response: Response): Promise<GraphQLFormattedError> {
  const { errors } = (await response.json()) as { errors: GraphQLFormattedError[] };
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(errors).toEqual([
    {
      message: expect.any(String),
      extensions: {
        code: expect.any(String),
        retryable: expect.any(Boolean),
        traceId: expect.stringMatching(/^[\da-f]{32}$/),
      },
    },
  ]);
  return errors[0]!;
}

describe('A delivery', () => {
  test.each([TYPE, 'application/json', 'Application/CloudEvents+JSON; charset=UTF-8'])(
    'of type %s is answered with 204, and gives a hint of what may have changed',
    async (type) => {
      await start();
      const response = await deliver(event, { headers: { 'content-type': type } });
      expect(response.status).toBe(204);
      expect(await response.text()).toBe('');
      expect(hints).toEqual([PUBLISHED]);
    },
  );

  test('is accepted but ignored when it is repeated', async () => {
    await start();
    const statuses = [await deliver(), await deliver()].map(({ status }) => status);
    expect(statuses).toEqual([204, 204]);
    expect(hints).toEqual([PUBLISHED]);
  });

  test('counts once if it arrives many times at the same moment', async () => {
    await start();
    const all = await Promise.all(Array.from({ length: 10 }, () => deliver()));
    expect(all.map(({ status }) => status)).toEqual(Array<number>(10).fill(204));
    expect(hints).toEqual([PUBLISHED]);
  });

  test('of an unknown type is accepted, and ignored', async () => {
    await start();
    expect((await deliver({ ...event, type: 'com.cint.invoice.paid' })).status).toBe(204);
    expect(hints).toEqual([]);
  });

  test('names its own account', async () => {
    await start();
    await deliver(event);
    await deliver({ ...event, id: 'other', data: { ...IDS, account_id: 202 } });
    expect(hints.map(({ accountId }) => accountId)).toEqual(['101', '202']);
  });

  test('is accepted while the store of deliveries fails', async () => {
    sharedState = {
      ...sharedState,
      deliveries: {
        has: () => Promise.reject(new Error('The store is away.')),
        add: () => Promise.reject(new Error('The store is away.')),
      },
    };
    await start();
    expect((await deliver()).status).toBe(204);
    expect(hints).toEqual([PUBLISHED]);
  });

  test('is accepted with any secret while one is being replaced, and not with another', async () => {
    await start({ env: { WEBHOOK_SECRET: `${OTHER_SECRET}, ${SECRET}` } });
    expect((await deliver(event, { secret: SECRET })).status).toBe(204);
    expect((await deliver({ ...event, id: 'b' }, { secret: OTHER_SECRET })).status).toBe(204);
    const unknown = Buffer.alloc(32, 'unknown').toString('base64');
    expect((await deliver({ ...event, id: 'c' }, { secret: unknown })).status).toBe(401);
    expect(hints).toHaveLength(2);
  });

  test('has its age measured by the clock of the gateway', async () => {
    const at = 1_732_526_080_000;
    await start({ now: () => at });
    expect((await deliver(event, { at })).status).toBe(204);
    expect((await deliver({ ...event, id: 'now' })).status).toBe(401);
  });
});

test('the trace id of a delivery that fails unexpectedly is the one in the log', async () => {
  const deliveries: DeliveryStore = {
    ...sharedState.deliveries,
    has() {
      throw new Error('broken');
    },
  };
  sharedState = { ...sharedState, deliveries };
  await start();
  const response = await deliver();
  expect(response.status).toBe(500);
  const { code, traceId } = (await errorOf(response)).extensions ?? {};
  expect(code).toBe('INTERNAL_SERVER_ERROR');
  const failed = lines.filter((line) => line.includes('A request failed unexpectedly.'));
  expect(failed.map((line) => (JSON.parse(line) as { traceId?: string }).traceId)).toEqual([traceId]);
});

describe('A rejected delivery changes nothing', () => {
  afterEach(async () => {
    expect(hints).toEqual([]);
    // It was not remembered, either.
    expect((await deliver()).status).toBe(204);
    expect(hints).toEqual([PUBLISHED]);
  });

  const MINUTES = 60_000;
  test.each<[string, Delivery, RegExp]>([
    ['not signed', { headers: { 'cint-signature': null } }, /has no `Cint-Signature`/],
    ['signed in another form', { headers: { 'cint-signature': 'sha256=00' } }, /must have the form/],
    ['signed with another secret', { secret: OTHER_SECRET }, /does not match the body/],
    ['signed for another body', { headers: { 'cint-signature': signatureOf('{}') } }, /does not match/],
    ['stale', { at: Date.now() - 6 * MINUTES }, /more than five minutes off/],
    ['from the future', { at: Date.now() + 6 * MINUTES }, /more than five minutes off/],
  ])('if it is %s', async (_how, delivery, message) => {
    await start();
    const response = await deliver(event, delivery);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Cint-Signature');
    expect(await errorOf(response)).toMatchObject({
      message: expect.stringMatching(message),
      extensions: { code: 'UNAUTHENTICATED', retryable: false },
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"specversion":"1.0"', /must be a CloudEvent/],
    ['empty', '', /must be a CloudEvent/],
    ['a list', [event], /must be a CloudEvent/],
    ['not UTF-8', Buffer.from(JSON.stringify({ ...event, source: 'caf\u00e9' }), 'latin1'), /CloudEvent/],
    ['of another version of CloudEvents', { ...event, specversion: '0.3' }, /`specversion` is invalid/],
    ['without an id', { ...event, id: undefined }, /`id` is missing/],
    ['without a source', { ...event, source: undefined }, /`source` is missing/],
    ['without data', { ...event, data: undefined }, /`data` is invalid/],
    [
      'without a project',
      { ...event, data: { ...IDS, project_id: undefined } },
      /`data.project_id` is missing/,
    ],
    ['of a project that leaves its path', { ...event, data: { ...IDS, project_id: '../202' } }, /project_id/],
    [
      'of a target group that leaves its path',
      { ...event, data: { ...IDS, target_group_id: '..' } },
      /group_id/,
    ],
    [
      'of an account that leaves its path',
      { ...event, data: { ...IDS, account_id: '101/..' } },
      /account_id/,
    ],
  ])('if it is %s', async (_what, body, message) => {
    await start();
    const response = await deliver(body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      message: expect.stringMatching(message),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test.each<[string, Readonly<Record<string, string | null>>]>([
    ['without a type', { 'content-type': null }],
    ['of type text/plain', { 'content-type': 'text/plain' }],
    ['of a type that only starts like ours', { 'content-type': 'application/json-seq' }],
    ['as a batch', { 'content-type': 'application/cloudevents-batch+json' }],
    ['in another charset', { 'content-type': `${TYPE}; charset=utf-16` }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('if it comes %s', async (_how, headers) => {
    await start();
    const response = await deliver(event, { headers });
    expect(response.status).toBe(415);
    await errorOf(response);
  });

  test('if it is too large', async () => {
    await start();
    const response = await deliver({ ...event, padding: 'x'.repeat(256 * 1024) });
    expect(response.status).toBe(413);
    expect((await errorOf(response)).message).toBe(
      'The body of the request is too large. At most 256 KiB is allowed.',
    );
  });

  test('if it has another method', async () => {
    await start();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(gateway.url + PATH, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      await errorOf(response);
    }
  });
});

describe('On the wire', () => {
  const body = JSON.stringify(event);
  const signed = () => ({ 'Content-Type': TYPE, 'Cint-Signature': signatureOf(body) });

  test('a body without a length is read up to the limit', async () => {
    await start();
    const client = await openRaw(gateway.url);
    const headers = { ...signed(), 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' };
    client.send(postText({ path: PATH, headers, body: '' }));
    const chunk = 'x'.repeat(0x10000);
    for (let sent = 0; sent < 5; sent += 1) client.send(`10000\r\n${chunk}\r\n`);
    expect(await client.until((text) => text.includes('traceId'))).toMatch(/^HTTP\/1\.1 413 /);
    client.close();
    expect(hints).toEqual([]);
  });

  test('a body may arrive in chunks', async () => {
    await start();
    const client = await openRaw(gateway.url);
    const headers = { ...signed(), 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' };
    client.send(postText({ path: PATH, headers, body: '' }));
    for (const piece of body.match(/.{1,40}/gs)!) client.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    client.send('0\r\n\r\n');
    expect(await client.until((text) => text.includes('\r\n\r\n'))).toMatch(/^HTTP\/1\.1 204 /);
    client.close();
    expect(hints).toEqual([PUBLISHED]);
  });

  test('a body that does not arrive in time is answered with 408', async () => {
    await start({ env: { CLIENT_TIMEOUT_MS: '100' } });
    const client = await openRaw(gateway.url);
    const headers = { ...signed(), 'Content-Length': String(body.length) };
    client.send(postText({ path: PATH, headers, body: body.slice(0, -1) }));
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
    expect(hints).toEqual([]);
  });

  test('an unsigned delivery is rejected before its body arrives, and the connection stays open', async () => {
    await start();
    const client = await openRaw(gateway.url);
    const junk = 'x'.repeat(1000);
    client.send(postText({ path: PATH, headers: { 'Content-Length': String(junk.length) }, body: '' }));
    expect(await client.until((text) => text.includes('traceId'))).toMatch(/^HTTP\/1\.1 401 /);
    client.send(junk + postText({ path: PATH, headers: signed(), body }));
    await client.until((text) => text.includes('HTTP/1.1 204 '));
    client.close();
    expect(hints).toEqual([PUBLISHED]);
  });

  test('two signature headers count as none', async () => {
    await start();
    const client = await openRaw(gateway.url);
    const headers = { ...signed(), 'cint-signature': signatureOf(body, OTHER_SECRET) };
    client.send(postText({ path: PATH, headers, body }));
    expect(await client.until((text) => text.includes('traceId'))).toMatch(/^HTTP\/1\.1 401 /);
    client.close();
    expect(hints).toEqual([]);
  });
});

test('without a secret, the path is answered like an unknown path', async () => {
  await start({ env: { WEBHOOK_SECRET: '' } });
  const response = await deliver();
  expect(response.status).toBe(404);
  const { message } = await errorOf(response);
  const other = await fetch(`${gateway.url}/elsewhere`, { method: 'POST' });
  expect(message).toBe((await errorOf(other)).message);
  expect((await fetch(gateway.url + PATH)).status).toBe(404);
  expect(hints).toEqual([]);
});

test('no secret, signature or body is in a log line or a response', async () => {
  sharedState = {
    ...sharedState,
    deliveries: {
      has: () => Promise.reject(new Error('The store is away.')),
      add: () => Promise.reject(new Error('The store is away.')),
    },
  };
  await start({ env: { WEBHOOK_SECRET: `${SECRET},${OTHER_SECRET}` } });
  const planted = { ...event, id: 'planted-id', source: 'planted-source' };
  const forged = signatureOf(JSON.stringify(planted), Buffer.alloc(32, 'planted').toString('base64'));
  const answers = [
    await deliver(planted),
    await deliver(planted, { headers: { 'cint-signature': forged } }),
    await deliver(planted, { headers: { 'cint-signature': `${forged},planted` } }),
    await deliver(planted, { headers: { 'cint-signature': 'planted' } }),
    await deliver(planted, { at: 0 }),
    await deliver({ ...planted, type: 'com.cint.invoice.paid' }),
    await deliver({ ...planted, specversion: 'planted' }),
    await deliver({ ...planted, data: { ...planted.data, project_id: '../planted' } }),
    await deliver('{"planted": '),
  ];
  expect(answers.map(({ status }) => status)).toEqual([204, 401, 401, 401, 401, 204, 400, 400, 400]);
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  const told = [...texts, ...lines].join('\n');
  const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messages).toEqual([
    expect.stringMatching(/^Server listening/),
    expect.stringMatching(/cannot be stored/),
    expect.stringMatching(/rejected for its signature/),
    expect.stringMatching(/names no target group/),
  ]);
  expect(told).not.toMatch(/planted/);
  expect(told).not.toContain(forged.slice(-64));
  for (const secret of [SECRET, OTHER_SECRET]) expect(told).not.toContain(secret);
});

describe('A random delivery', () => {
  /** Values near those that events have, and any other. */
  const value = fc.oneof(
    fc.constantFrom<unknown>('1.0', '101', 101, '', IDS.project_id, '../x', '__proto__', null),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const changed = fc
    .tuple(
      fc.dictionary(fc.constantFrom('specversion', 'id', 'source', 'type', 'data', '__proto__'), value),
      fc.dictionary(fc.constantFrom('account_id', 'project_id', 'target_group_id', 'changes'), value),
    )
    .map(([envelope, data]) =>
      Buffer.from(JSON.stringify({ ...event, data: { ...event.data, ...data }, ...envelope })),
    );
  const body = fc.oneof(
    { weight: 2, arbitrary: fc.constant(Buffer.from(JSON.stringify(event))) },
    { weight: 6, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.nat(5000).map((depth) => Buffer.from('['.repeat(depth))) },
  );
  const signature = fc.option(
    fc.oneof(
      fc.constantFrom(
        '',
        't=',
        't=1,v1=',
        't=9999999999999999999,v1=00',
        'v1=00',
        't=1,t=2,v1=a,v1=b',
        't=-1,v1=x',
      ),
      fc.string({ maxLength: 60 }).map((text) => text.replace(/[^!-~]/g, '')),
    ),
    { freq: 3 },
  );

  test('is accepted or rejected, and gives no hint if rejected', async () => {
    await start();
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(body, signature, async (bytes, forged) => {
        hints.length = 0;
        const response = await deliver(
          bytes,
          forged === null ? {} : { headers: { 'cint-signature': forged } },
        );
        statuses.add(response.status);
        expect(response.status).toBeLessThan(500);
        if (response.status >= 400) expect(hints).toEqual([]);
        for (const { accountId, projectId } of hints)
          expect(`${accountId}/${projectId}`).toMatch(/^\d+\/[\w-]+$/);
        await response.arrayBuffer();
      }),
      { numRuns: randomRuns(400, 200) },
    );
    expect([...statuses].sort()).toEqual([204, 400, 401]);
  });
});
