import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import {
  callApi,
  demoPaths,
  startTestEmulator,
  type CallOptions,
  type TestEmulator,
} from '../helpers/emulator.js';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

async function problemOf(method: string, path: string, options?: CallOptions): Promise<unknown> {
  const response = await callApi(emulator, method, path, options);
  const { object } = (await response.json()) as { object: string };
  return [response.status, object];
}

test('checks the token, header, account, syntax, existence, version and state, in this order', async () => {
  const pause = `${demoPaths.run(demo.paused)}/pause`;
  const stranger = pause.replace('/101/', '/303/');
  const missing = pause.replace(demo.paused.targetGroupId, '01BTGNYV6HRNK8K8VKZASZCFZZ');
  const noVersion = { 'cint-api-version': null };
  expect(await problemOf('POST', stranger, { token: 'unknown', headers: noVersion })).toEqual([
    401,
    'authorization_error',
  ]);
  expect(await problemOf('POST', stranger, { headers: noVersion })).toEqual([403, 'required_header_missing']);
  expect(await problemOf('POST', stranger, { headers: { 'cint-api-version': 'x' } })).toEqual([
    403,
    'authorization_error',
  ]);
  expect(await problemOf('POST', missing)).toEqual([400, 'bad_request_error']);
  expect(await problemOf('POST', missing, { headers: { 'if-match': '"99"' } })).toEqual([
    404,
    'not_found_error',
  ]);
  expect(await problemOf('POST', pause, { headers: { 'if-match': '"99"' } })).toEqual([
    412,
    'precondition_failed_error',
  ]);
  expect(await problemOf('POST', pause, { headers: { 'if-match': '*' } })).toEqual([
    422,
    'invalid_state_error',
  ]);
});

test.each([
  ['an account that the token cannot access', '/demand/accounts/303/projects', 403],
  ['a non-numeric account', '/demand/accounts/abc/projects', 400],
  ['an account beyond 32 bits', '/demand/accounts/99999999999/projects', 403],
  ['a malformed project id', '/demand/accounts/101/projects/abc', 400],
  ['a project of another account', `/demand/accounts/101/projects/${demo.other.projectId}`, 404],
  ['an unknown path', '/demand/nothing', 404],
  ['a path that cannot be decoded', '/demand/%ff', 400],
])('responds to %s (%s) with %i', async (_case, path, status) => {
  const response = await callApi(emulator, 'GET', path);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ id: expect.any(String), detail: expect.any(String) });
});

test('responds 404 to an unsupported method', async () => {
  expect(await problemOf('DELETE', demoPaths.project)).toEqual([404, 'not_found_error']);
});

test.each(['Demo demo', 'Bearer', 'Bearer demo demo', 'demo'])(
  'rejects the authorization "%s"',
  async (authorization) => {
    expect(await problemOf('GET', '/accounts', { headers: { authorization } })).toEqual([
      401,
      'authorization_error',
    ]);
  },
);

test('lists the accounts of the token', async () => {
  const accountsOf = async (token: string): Promise<unknown> =>
    (await callApi(emulator, 'GET', '/accounts', { token })).json();
  const northwind = { id: 101, name: expect.any(String) };
  const harbour = { id: 202, name: expect.any(String) };
  expect(await accountsOf(demo.token)).toEqual({ accounts: [northwind] });
  expect(await accountsOf(demo.other.token)).toEqual({ accounts: [harbour] });
  expect(await accountsOf(demo.bothToken)).toEqual({ accounts: [northwind, harbour] });
});

test.each([
  ['malformed JSON', '{', {}],
  ['a non-JSON body', 'target_group_ids=1', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a body that is too large', `"${'x'.repeat(2 ** 20)}"`, {}],
  ['no body', undefined, {}],
  ['an invalid list', { target_group_ids: demo.live.targetGroupId }, {}],
])('responds 400 to a job with %s', async (_case, body, headers) => {
  expect(await problemOf('POST', demoPaths.batchJobs('pause'), { body, headers })).toEqual([
    400,
    'bad_request_error',
  ]);
});

test.each(['application/json', 'application/octet-stream', 'text/plain'])(
  'accepts an action without a body that has %s',
  async (type) => {
    const headers = { 'content-type': type, 'content-length': '0', 'if-match': '"99"' };
    const response = await callApi(emulator, 'POST', `${demoPaths.run(demo.live)}/pause`, { headers });
    expect(response.status).toBe(412);
  },
);

test('continues a trace or starts one', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sent = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, tracestate: 'vendor=1' };
  const continued = await callApi(emulator, 'GET', '/accounts', { headers: sent });
  expect(continued.headers.get('traceparent')).toMatch(
    new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
  );
  expect(continued.headers.get('tracestate')).toBe('vendor=1');

  const begun = await callApi(emulator, 'GET', '/nowhere');
  expect(begun.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(begun.headers.get('tracestate')).toBeNull();
});

test('limits the rate of each token until time passes or a reset', async () => {
  const limited = await startTestEmulator({
    clock: () => Date.UTC(2026, 0, 1),
    rateLimit: { requestsPerSecond: 0.5, burst: 2 },
  });
  const statusOf = async (token: string): Promise<number> =>
    (await callApi(limited, 'GET', '/accounts', { token })).status;
  try {
    expect([await statusOf('demo'), await statusOf('demo'), await statusOf('demo')]).toEqual([200, 200, 429]);
    expect(await statusOf('demo-202')).toBe(200);

    const rejected = await callApi(limited, 'GET', '/accounts');
    expect(rejected.headers.get('retry-after')).toBe('2');
    expect(await rejected.json()).toEqual({
      object: 'too_many_requests_problem_details',
      details: expect.any(String),
    });

    await limited.control.clock.advance(2000);
    expect([await statusOf('demo'), await statusOf('demo')]).toEqual([200, 429]);

    await limited.control.reset();
    expect(await statusOf('demo')).toBe(200);
  } finally {
    await limited.close();
  }
});

test('hides the cause of internal errors', async () => {
  let failure: Error | undefined;
  const broken = await startTestEmulator({
    clock: () => {
      if (failure !== undefined) throw failure;
      return Date.now();
    },
  });
  try {
    failure = new Error('a secret');
    const response = await callApi(broken, 'GET', '/accounts');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      id: expect.any(String),
      object: 'unexpected_internal_error',
      detail: expect.not.stringContaining('secret'),
    });
  } finally {
    await broken.close();
  }
});
