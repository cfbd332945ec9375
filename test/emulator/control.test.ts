import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { demo, startEmulator } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  readApi,
  startTestEmulator,
  type TestEmulator,
  until,
} from '../helpers/emulator.js';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

test('is disabled by default', async () => {
  const plain = await startEmulator();
  try {
    expect((await fetch(`${plain.controlUrl}/effects`)).status).toBe(404);
  } finally {
    await plain.close();
  }
});

test('lists its endpoints', async () => {
  const response = await fetch(emulator.controlUrl);
  expect(Object.keys((await response.json()) as object)).toContain('POST /faults');
});

test("logs the API's requests but not its own", async () => {
  await callApi(emulator, 'GET', '/accounts?x=1');
  await callApi(emulator, 'GET', '/nowhere', { token: null });
  await fetch(emulator.url.replace('/v1', '/demand'));
  expect(await emulator.control.requests()).toEqual([
    {
      sequence: 1,
      at: expect.any(String),
      method: 'GET',
      path: '/v1/accounts?x=1',
      headers: expect.objectContaining({ authorization: 'Bearer demo', 'cint-api-version': '2025-12-18' }),
      status: 200,
    },
    expect.objectContaining({ sequence: 2, path: '/v1/nowhere', status: 404 }),
    expect.objectContaining({ sequence: 3, path: '/demand', status: 404 }),
  ]);
  await emulator.control.forgetRequests();
  expect(await emulator.control.requests()).toEqual([]);
});

test('sets the clock', async () => {
  const moment = new Date('2030-01-01T00:00:00.000Z');
  await emulator.control.clock.set(moment);
  await emulator.control.clock.advance(60_000);
  const now = await emulator.control.clock.now();
  expect(now.getTime() - moment.getTime()).toBeGreaterThanOrEqual(60_000);
  expect(now.getUTCFullYear()).toBe(2030);
});

test('resets everything', async () => {
  const before = await readApi(emulator, demoPaths.run(demo.live));
  await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/pause`, { headers: { 'if-match': '*' } });
  await emulator.control.clock.advance(365 * 86_400_000);
  await emulator.control.faults.add({ path: '.', status: 500 });

  await emulator.control.reset();

  expect(await emulator.control.requests()).toEqual([]);
  expect(await emulator.control.effects()).toEqual([]);
  expect(await readApi(emulator, demoPaths.run(demo.live))).toMatchObject({
    version: (before as { version: number }).version,
    status: 'live',
  });
});

test.each([
  ['/clock', {}],
  ['/clock', { now: 'noon' }],
  ['/clock', { advance_ms: '5' }],
  ['/clock', { advance_ms: 5, now: '2030-01-01T00:00:00.000Z' }],
  ['/faults', {}],
  ['/faults', { path: '(' }],
  ['/faults', { path: '.', times: 0 }],
  ['/faults', { path: '.', share: 2 }],
  ['/faults', { path: '.', status: 99 }],
  ['/faults', { path: '.', status: 500, reset: true }],
  ['/faults', { path: '.', body: 'lost' }],
  ['/faults', { path: '.', typo: 1 }],
  ['/completes', { target_group_id: demo.live.targetGroupId }],
])('%s rejects %j with a reason', async (path, body) => {
  const response = await fetch(emulator.controlUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/\w{3}/) });
});

test('responds 404 to unknown target groups and paths', async () => {
  await expect(emulator.control.setCompletes('nothing', 1)).rejects.toThrow('404');
  expect((await fetch(`${emulator.controlUrl}/nowhere`)).status).toBe(404);
});

test('accepts only loopback host names', async () => {
  const status = await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(emulator.controlUrl);
    request({ hostname, port, path: '/__emulator/effects', headers: { host: 'evil.example' } })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

describe('faults', () => {
  const FOREVER = 2 ** 31 - 1;
  const PAUSE = `${demoPaths.run(demo.live)}/pause`;
  const pause = (signal?: AbortSignal): Promise<Response> => {
    if (signal === undefined) return callApi(emulator, 'POST', PAUSE, { headers: { 'if-match': '"5"' } });
    return fetch(emulator.url + PAUSE, {
      method: 'POST',
      signal,
      headers: { authorization: 'Bearer demo', 'cint-api-version': '2025-12-18', 'if-match': '"5"' },
    });
  };
  const listAccounts = (): Promise<Response> => callApi(emulator, 'GET', '/accounts');
  const effects = async (): Promise<string[]> =>
    (await emulator.control.effects()).map(({ operation }) => operation);

  describe('a replaced response', () => {
    test('is sent as often as requested', async () => {
      const headers = { 'Content-Type': 'text/html', 'Retry-After': '7' };
      await emulator.control.faults.add({
        path: '/pause$',
        times: 2,
        status: 503,
        headers,
        body: '<h1>Busy</h1>',
      });
      await pause();
      const response = await pause();
      expect([response.status, await response.text()]).toEqual([503, '<h1>Busy</h1>']);
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(response.headers.get('retry-after')).toBe('7');
      expect(await effects()).toEqual([]);
      expect((await pause()).status).toBe(204);
    });

    test('has a JSON body, a text body or none', async () => {
      await emulator.control.faults.add({ path: '.', times: 1, status: 500, body: { object: 'x' } });
      await emulator.control.faults.add({ path: '.', times: 1, status: 502 });
      const first = await listAccounts();
      expect([first.headers.get('content-type'), await first.json()]).toEqual([
        'application/json',
        { object: 'x' },
      ]);
      const second = await listAccounts();
      expect([second.status, second.headers.get('content-length')]).toEqual([502, '0']);
    });

    test('can follow the effect', async () => {
      await emulator.control.faults.add({ path: '/pause$', times: 1, status: 504, after_effect: true });
      const response = await pause();
      expect(response.status).toBe(504);
      expect(response.headers.get('etag')).toBeNull();
      expect(await effects()).toEqual(['pause']);
    });
  });

  describe('a broken connection', () => {
    test.each([
      [false, []],
      [true, ['pause']],
    ])('is reset, after the effect: %s', async (afterEffect, expected) => {
      await emulator.control.faults.add({
        path: '/pause$',
        times: 1,
        reset: true,
        after_effect: afterEffect,
      });
      await expect(pause()).rejects.toThrow('fetch failed');
      expect(await effects()).toEqual(expected);
      expect((await emulator.control.requests()).map(({ status }) => status)).toEqual([null]);
    });

    test('is cut half-way through the body', async () => {
      await emulator.control.faults.add({ path: '/accounts$', times: 1, truncate: true });
      const response = await listAccounts();
      expect(response.status).toBe(200);
      expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10);
      await expect(response.text()).rejects.toThrow('terminated');
      const full = await listAccounts();
      expect(full.headers.get('content-length')).toBe(response.headers.get('content-length'));
    });
  });

  describe('a delay', () => {
    test('before the effect leaves nothing behind if the client aborts or the connection is reset', async () => {
      await emulator.control.faults.add({ path: '/pause$', delay_ms: FOREVER });
      const abort = new AbortController();
      const response = pause(abort.signal);
      await until(async () => (await emulator.control.requests()).length > 0);
      abort.abort();
      await expect(response).rejects.toThrow('abort');
      expect(await effects()).toEqual([]);
    });

    test('after the effect keeps the effect if the client aborts', async () => {
      await emulator.control.faults.add({ path: '/pause$', delay_ms: FOREVER, after_effect: true });
      const abort = new AbortController();
      const response = pause(abort.signal);
      await until(async () => (await effects()).length > 0);
      abort.abort();
      await expect(response).rejects.toThrow('abort');
      expect(await effects()).toEqual(['pause']);
    });

    test('delays a response that still arrives', async () => {
      await emulator.control.faults.add({ path: '/accounts$', delay_ms: 1, body_delay_ms: 1 });
      const response = await listAccounts();
      expect([response.status, await response.json()]).toEqual([200, { accounts: [expect.anything()] }]);
    });

    test('within the body sends the headers first', async () => {
      await emulator.control.faults.add({ path: '/accounts$', body_delay_ms: FOREVER });
      const response = await listAccounts();
      expect(response.status).toBe(200);
      await emulator.control.reset();
      await expect(response.text()).rejects.toThrow('terminated');
    });

    test('does not block shutdown', async () => {
      const other = await startTestEmulator();
      await other.control.faults.add({ path: '.', delay_ms: FOREVER });
      const response = callApi(other, 'GET', '/accounts');
      await until(async () => (await other.control.requests()).length > 0);
      await Promise.all([other.close(), expect(response).rejects.toThrow('fetch failed')]);
    });
  });

  describe('an entity tag', () => {
    const run = demoPaths.run(demo.live);
    const tagOf = async (response: Promise<Response>) => (await response).headers.get('etag');

    test('can be stripped, or suffixed as by a proxy', async () => {
      await emulator.control.faults.add({ path: '/pause$', entity_tag: 'stripped' });
      await emulator.control.faults.add({ method: 'GET', path: '/fielding-runs/', entity_tag: 'suffixed' });
      expect(await tagOf(pause())).toBeNull();
      expect(await tagOf(callApi(emulator, 'GET', run))).toBe('W/"6-gzip"');
      expect(await effects()).toEqual(['pause']);
    });

    test("can repeat the request's If-Match", async () => {
      await emulator.control.faults.add({ path: '/pause$', status: 204, entity_tag: 'expected' });
      expect(await tagOf(pause())).toBe('"5"');
      expect(await effects()).toEqual([]);
    });
  });

  describe('a lagging replica', () => {
    const run = demoPaths.run(demo.live);
    const read = () => callApi(emulator, 'GET', run);

    test('serves a run as it was before its last change', async () => {
      const before = await (await read()).json();
      await pause();
      await emulator.control.faults.add({ method: 'GET', path: '/fielding-runs/', times: 1, stale: true });
      const stale = await read();
      expect([stale.headers.get('etag'), await stale.json()]).toEqual(['W/"5"', before]);
      expect((await read()).headers.get('etag')).toBe('W/"6"');
    });

    test('serves an unchanged run as it is', async () => {
      await emulator.control.faults.add({ method: 'GET', path: '/fielding-runs/', stale: true });
      expect((await read()).headers.get('etag')).toBe('W/"5"');
    });
  });

  describe('an idle connection', () => {
    /** Sends one request and returns everything received until the connection closes. */
    const received = (path: string) =>
      new Promise<string>((resolve, reject) => {
        const { hostname, port } = new URL(emulator.url);
        const socket = connect(Number(port), hostname, () => {
          socket.write(`GET /v1${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo\r\n`);
          socket.write('Cint-API-Version: 2025-12-18\r\n\r\n');
        });
        let text = '';
        socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
        socket.on('end', () => {
          socket.destroy();
          resolve(text);
        });
        socket.on('error', reject);
      });

    test('gets an unsolicited 408 and is closed', async () => {
      await emulator.control.faults.add({ path: '/accounts$', idle_timeout_ms: 5 });
      const statuses = (await received('/accounts')).match(/HTTP\/1\.1 \d{3}/g);
      expect(statuses).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
    });
  });

  describe('matching', () => {
    test('uses the method and the path without base and query', async () => {
      await emulator.control.faults.add({ method: 'post', path: '^/demand/.*/pause$', status: 503 });
      expect((await listAccounts()).status).toBe(200);
      expect((await callApi(emulator, 'GET', PAUSE)).status).toBe(404);
      expect((await callApi(emulator, 'POST', `${PAUSE}?x`)).status).toBe(503);
    });

    test('applies the first matching rule, and none after they are cleared', async () => {
      await emulator.control.faults.add({ path: '.', times: 1, status: 502 });
      await emulator.control.faults.add({ path: '.', status: 503 });
      expect([(await listAccounts()).status, (await listAccounts()).status]).toEqual([502, 503]);
      expect(await emulator.control.faults.list()).toEqual([
        { path: '.', times: 1, status: 502, applied: 1 },
        { path: '.', status: 503, applied: 1 },
      ]);
      await emulator.control.faults.clear();
      expect((await listAccounts()).status).toBe(200);
    });

    test('draws the same share for the same seed', async () => {
      const pattern = async (seed: number): Promise<number[]> => {
        await emulator.control.faults.clear();
        await emulator.control.faults.add({ path: '.', share: 0.5, seed, status: 503 });
        const statuses: number[] = [];
        for (let request = 0; request < 30; request += 1) statuses.push((await listAccounts()).status);
        return statuses;
      };
      const first = await pattern(7);
      expect(new Set(first)).toEqual(new Set([200, 503]));
      expect(await pattern(7)).toEqual(first);
      expect(await pattern(8)).not.toEqual(first);
    });
  });
});
