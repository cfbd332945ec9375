import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { demo, startEmulator } from '../../src/emulator/index.js';
import { callApi, demoPaths, readApi, startTestEmulator, type TestEmulator } from '../helpers/emulator.js';

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
