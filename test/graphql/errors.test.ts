import { demo } from '../../src/emulator/index.js';
import {
  AccountsDocument,
  FieldingRunDocument,
  PauseFieldingRunDocument,
  PauseTargetGroupsDocument,
  TargetGroupDocument,
} from '../generated/documents.js';
import { demoPaths, type FaultRule } from '../helpers/emulator.js';
import { startTestGateway } from '../helpers/gateway.js';
import { dataOf, errorOf, ids, useStack } from './stack.js';

const stack = useStack({
  env: { DEMAND_API_TIMEOUT_MS: '800', REQUEST_TIMEOUT_MS: '2000' },
});
const run = { id: ids.run(demo.live) };
const runPath = `${demoPaths.run(demo.live)}$`;

describe('Credentials', () => {
  test.each([null, ''])('are required for queries, without a call', async (token) => {
    const headers = token === null ? {} : { authorization: token };
    const result = await stack.execute(FieldingRunDocument, run, { token: null, headers });
    expect(result.data).toEqual({ fieldingRun: null });
    expect(errorOf(result)).toMatchObject({
      path: ['fieldingRun'],
      extensions: { code: 'UNAUTHENTICATED', retryable: false },
    });
    expect(await stack.calls()).toEqual([]);
  });

  test('are required for changes, without a call', async () => {
    const results = [
      await stack.execute(
        PauseTargetGroupsDocument,
        { input: { targetGroupIds: [ids.targetGroup(demo.live)] } },
        { token: null },
      ),
      await stack.execute(PauseFieldingRunDocument, { input: { ...run, version: '5' } }, { token: null }),
    ];
    for (const result of results)
      expect(errorOf(result).extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await stack.calls()).toEqual([]);
  });

  test('are reported as 401 if the API rejects them', async () => {
    const result = await stack.execute(AccountsDocument, {}, { token: 'wrong' });
    expect(result.data).toEqual({ accounts: null });
    expect(errorOf(result)).toMatchObject({
      path: ['accounts'],
      extensions: { code: 'UNAUTHENTICATED', retryable: false, upstream: { status: 401 } },
    });
    expect(await stack.calls()).toEqual(['GET /accounts']);
  });
});

describe('An upstream request', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parentId = '00f067aa0ba902b7';
  const traceparent = `00-${traceId}-${parentId}-01`;

  test('carries the credentials, the API version and the trace of the caller', async () => {
    const headers = { traceparent, tracestate: 'vendor=a, other=b' };
    dataOf(await stack.execute(FieldingRunDocument, run, { headers }));
    const [request] = await stack.requests();
    expect(request!.headers).toMatchObject({
      accept: 'application/json',
      authorization: `Bearer ${demo.token}`,
      'cint-api-version': '2025-12-18',
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
      tracestate: 'vendor=a,other=b',
    });
    expect(request!.headers['traceparent']).not.toContain(parentId);
    for (const name of ['if-match', 'idempotency-key', 'content-type', 'cookie']) {
      expect(request!.headers).not.toHaveProperty(name);
    }
  });

  test('has its own parent id within the trace', async () => {
    const id = ids.targetGroup(demo.live);
    dataOf(await stack.execute(TargetGroupDocument, { id }, { headers: { traceparent } }));
    const parents = (await stack.requests()).map(({ headers }) => String(headers['traceparent']));
    expect(parents).toHaveLength(2);
    expect(new Set(parents).size).toBe(2);
    expect(new Set(parents.map((parent) => parent.split('-')[1]))).toEqual(new Set([traceId]));
  });

  test.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-${parentId}-01`, `ff-${traceId}-${parentId}-01`])(
    'starts a new trace if the caller has none: %s',
    async (invalid) => {
      const headers = { tracestate: 'vendor=a', ...(invalid === undefined ? {} : { traceparent: invalid }) };
      dataOf(await stack.execute(FieldingRunDocument, run, { headers }));
      const [request] = await stack.requests();
      expect(request!.headers['traceparent']).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
      expect(request!.headers['traceparent']).not.toContain(traceId);
      expect(request!.headers).not.toHaveProperty('tracestate');
    },
  );

  test('names the configured API version', async () => {
    const env = { DEMAND_API_VERSION: '2025-03-01' };
    const gateway = await startTestGateway({ demandApiUrl: stack.emulator.url, env });
    try {
      dataOf(await gateway.execute(AccountsDocument, {}));
      expect((await stack.requests())[0]!.headers['cint-api-version']).toBe('2025-03-01');
    } finally {
      await gateway.close();
    }
  });

  test.each([
    'not a query',
    '{ noSuchField }',
    '{ fieldingRun { id } }',
    '{ accounts { id ',
    'query ($id: ID!) { account(id: $id) { id } }',
  ])('is not sent for an invalid operation: %s', async (query) => {
    const { status, data, errors } = await stack.execute(query);
    expect([400, 200]).toContain(status);
    expect(data ?? null).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]!.extensions).toMatchObject({ traceId: expect.any(String) });
    expect(JSON.stringify(errors)).not.toContain('stacktrace');
    expect(await stack.calls()).toEqual([]);
  });
});

describe('A failing API', () => {
  const errorId = '3f1c2a77-52f6-4f6e-8b0b-6f6a1d1f2c3b';
  const problem = { id: errorId, object: 'some_error', detail: 'Detail from the API.' };
  const upstream = (status: number) => ({ status, errorId });

  const failures: { name: string; rule: Partial<FaultRule>; extensions: Record<string, unknown> }[] = [
    {
      name: '400',
      rule: { status: 400, body: problem },
      extensions: { code: 'BAD_USER_INPUT', retryable: false, upstream: upstream(400) },
    },
    {
      name: '401',
      rule: { status: 401, body: problem },
      extensions: { code: 'UNAUTHENTICATED', retryable: false, upstream: upstream(401) },
    },
    {
      name: '403',
      rule: { status: 403, body: problem },
      extensions: { code: 'FORBIDDEN', retryable: false, upstream: upstream(403) },
    },
    {
      name: '418',
      rule: { status: 418, body: problem },
      extensions: { code: 'UPSTREAM_BAD_RESPONSE', upstream: upstream(418) },
    },
    {
      name: '429 with Retry-After',
      rule: {
        status: 429,
        headers: { 'Retry-After': '1800' },
        body: { object: 'too_many_requests_problem_details', details: 'Slow down.' },
      },
      extensions: {
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterSeconds: 1800,
        upstream: { status: 429 },
      },
    },
    ...[500, 502, 503, 504].map((status) => ({
      name: String(status),
      rule: { status, body: problem },
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, upstream: upstream(status) },
    })),
    {
      name: '502 from a proxy',
      rule: { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<html>Bad gateway</html>' },
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true, upstream: { status: 502 } },
    },
    {
      name: 'a connection reset',
      rule: { reset: true },
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
    },
    {
      name: 'a truncated body',
      rule: { truncate: true },
      extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
    },
    {
      name: 'a response timeout',
      rule: { delay_ms: 60_000 },
      extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true },
    },
    {
      name: 'a body timeout',
      rule: { body_delay_ms: 60_000 },
      extensions: { code: 'UPSTREAM_TIMEOUT', retryable: true },
    },
    {
      name: 'a body that is not JSON',
      rule: { status: 200, body: '<html>Hello</html>' },
      extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
    },
    {
      name: 'a body that violates the contract',
      rule: { status: 200, body: [1, 2, 3] },
      extensions: { code: 'UPSTREAM_BAD_RESPONSE' },
    },
  ];
  test.each(failures)('is reported by its code: $name', async ({ rule, extensions }) => {
    await stack.emulator.control.faults.add({ path: runPath, ...rule });
    const result = await stack.execute(FieldingRunDocument, run);
    expect(result).toMatchObject({ status: 200, data: { fieldingRun: null } });
    expect(errorOf(result)).toEqual({
      message: expect.any(String),
      path: ['fieldingRun'],
      locations: [expect.any(Object)],
      extensions: expect.objectContaining({
        ...extensions,
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      }),
    });
  });

  test('is UPSTREAM_UNAVAILABLE if it cannot be reached', async () => {
    const gateway = await startTestGateway({ demandApiUrl: 'http://127.0.0.1:9/v1' });
    try {
      expect(errorOf(await gateway.execute(AccountsDocument, {})).extensions).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
      });
    } finally {
      await gateway.close();
    }
  });

  test('is quoted only where its message helps users', async () => {
    const secrets = [
      `See http://internal.example/v1${demoPaths.project}`,
      `Bearer ${demo.token} is not known`,
      'at Object.<anonymous> (/srv/api/index.js:1:1)',
      'eyJhbGciOiJIUzI1NiJ9.e30.x',
    ];
    for (const detail of secrets) {
      await stack.emulator.control.faults.clear();
      await stack.emulator.control.faults.add({
        method: 'POST',
        path: '/pause$',
        status: 400,
        body: { ...problem, detail },
      });
      const result = await stack.execute(PauseFieldingRunDocument, { input: { ...run, version: '5' } });
      expect(dataOf(result).pauseFieldingRun!.userErrors).toMatchObject([{ code: 'VALIDATION_FAILED' }]);
      expect(JSON.stringify(result)).not.toContain(detail);
    }
  });

  test.each<Partial<FaultRule>>([
    {
      status: 403,
      body: { ...problem, detail: 'raw-body-words http://127.0.0.1/x', stack: 'raw-body-stack' },
    },
    { status: 500, body: { stack: 'raw-body-stack' } },
    { status: 502, body: 'raw-body-text' },
    { status: 200, body: 'raw-body-text' },
    { status: 200, body: { id: 5, status: { raw: 'raw-body-value' } } },
    { status: 302, headers: { Location: 'http://elsewhere.example/' } },
    { reset: true },
    { truncate: true },
    { delay_ms: 60_000 },
  ])('never exposes a stack, a URL, the token or its body: %j', async (rule) => {
    await stack.emulator.control.faults.add({ path: runPath, ...rule });
    const token = demo.bothToken;
    const result = await stack.execute(FieldingRunDocument, run, { token });
    errorOf(result);
    const text = JSON.stringify({ data: result.data, errors: result.errors });
    expect(text).not.toMatch(/https?:|127\.0\.0\.1|\/demand|\.[jt]s\b|node_modules|stack|raw-body|<html/i);
    expect(text).not.toContain(token);
    expect(text).not.toContain(new URL(stack.emulator.url).port);
  });

  test("is reported with the caller's trace id in every error", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    await stack.emulator.control.faults.add({ path: runPath, status: 403 });
    const queries = [
      `{ fieldingRun(id: "${run.id}") { id } project(id: "x") { id } }`,
      '{ noSuchField }',
      '{ accounts ',
    ];
    for (const query of queries) {
      const { errors } = await stack.execute(query, {}, { headers });
      expect(errors.length).toBeGreaterThan(0);
      for (const { extensions } of errors) expect(extensions).toMatchObject({ traceId });
    }
  });
});

describe('A failed field', () => {
  test('does not affect its siblings', async () => {
    interface Data {
      targetGroups: { nodes: { id: string; name: string; fieldingRun: { id: string } | null }[] };
    }
    const query = `{
      targetGroups(projectId: "${ids.project}", filter: { status: [LIVE] }) { nodes { id name fieldingRun { id } } }
    }`;
    const path = `${demo.live.targetGroupId}/fielding-runs$`;
    await stack.emulator.control.faults.add({ path, status: 403 });
    const result = await stack.execute<Data, unknown>(query);

    const { nodes } = result.data!.targetGroups;
    const failed = nodes.findIndex(({ id }) => id === ids.targetGroup(demo.live));
    expect(nodes.length).toBeGreaterThan(2);
    expect(nodes.map(({ name, fieldingRun }) => typeof name === 'string' && fieldingRun !== null)).toEqual(
      nodes.map((_, index) => index !== failed),
    );
    expect(errorOf(result)).toMatchObject({
      path: ['targetGroups', 'nodes', failed, 'fieldingRun'],
      extensions: { code: 'FORBIDDEN' },
    });
  });

  test('does not affect other queries of the operation', async () => {
    await stack.emulator.control.faults.add({ path: '/accounts$', status: 500 });
    const result = await stack.execute(
      `{ accounts { id } fieldingRun(id: "${run.id}") { version } bad: project(id: "x") { id } }`,
    );
    expect(result.data).toEqual({ accounts: null, fieldingRun: { version: '5' }, bad: null });
    expect(result.errors.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual(
      expect.arrayContaining([
        [['accounts'], 'UPSTREAM_UNAVAILABLE'],
        [['bad'], 'BAD_USER_INPUT'],
      ]),
    );
    expect(result.errors).toHaveLength(2);
  });

  test('after a change does not affect the result of the change', async () => {
    await stack.emulator.control.faults.add({ method: 'GET', path: runPath, status: 403 });
    const result = await stack.execute(PauseFieldingRunDocument, { input: { ...run, version: '5' } });
    expect(result.data).toEqual({ pauseFieldingRun: { fieldingRun: null, userErrors: [] } });
    expect(errorOf(result)).toMatchObject({
      path: ['pauseFieldingRun', 'fieldingRun'],
      extensions: { code: 'FORBIDDEN' },
    });
  });

  test('of a conflict does not affect the conflict', async () => {
    await stack.emulator.control.faults.add({ method: 'GET', path: runPath, status: 403 });
    const result = await stack.execute(PauseFieldingRunDocument, { input: { ...run, version: '4' } });
    expect(result.data?.pauseFieldingRun).toMatchObject({
      userErrors: [{ __typename: 'VersionConflictError', expectedVersion: '4', current: null }],
    });
    expect(errorOf(result).path).toEqual(['pauseFieldingRun', 'userErrors', 0, 'current']);
  });
});
