import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../upstream/faults/demand.js';

interface Extensions {
  readonly upstream?: { readonly calls: readonly object[]; readonly omitted: number };
  readonly cost?: { readonly upstreamCalls: { readonly made: number } };
}

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  const quick = { DEMAND_API_RETRY_BASE_MS: '1', DEMAND_API_RETRY_BUDGET_FLOOR: '1000' };
  gateway = await startTestGateway({ demandApiUrl: upstream.url, env: { ...quick, ...env } });
}

async function extensionsOf(query: string): Promise<Extensions> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { extensions?: Extensions }).extensions ?? {};
}

test('`extensions.upstream` lists the calls of an operation, with their attempts and 304s', async () => {
  await start();
  upstream.on('GET', run.path, [{ status: 503 }, runAnswer(5), { status: 304, headers: { etag: 'W/"5"' } }]);
  const call = { method: 'GET', path: run.template, durationMs: expect.any(Number) };
  expect((await extensionsOf(READ_RUN)).upstream).toEqual({
    calls: [{ ...call, status: 200, attempts: 2, revalidated: false }],
    omitted: 0,
  });
  expect((await extensionsOf(READ_RUN)).upstream).toEqual({
    calls: [{ ...call, status: 304, attempts: 1, revalidated: true }],
    omitted: 0,
  });
});

test('a call that fails has its status, or why there is none', async () => {
  await start({ DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_TIMEOUT_MS: '400' });
  upstream.on('GET', '/accounts', [{ status: 403 }, { fault: 'hang' }]);
  expect((await extensionsOf(READ_ACCOUNTS)).upstream?.calls).toEqual([
    expect.objectContaining({ status: 403, attempts: 1 }),
  ]);
  expect((await extensionsOf(READ_ACCOUNTS)).upstream?.calls).toEqual([
    expect.objectContaining({ status: 'TIMEOUT', attempts: 1 }),
  ]);
});

test('one of two operations that share a call has made no attempt', async () => {
  await start();
  upstream.on('GET', '/accounts', { ...accounts, delayMs: 200 });
  const both = await Promise.all([extensionsOf(READ_ACCOUNTS), extensionsOf(READ_ACCOUNTS)]);
  const calls = both.flatMap((extensions) => extensions.upstream?.calls ?? []);
  expect(calls.map((call) => (call as { attempts: number }).attempts).sort()).toEqual([0, 1]);
  expect(upstream.requests).toHaveLength(1);
});

test('fifty calls are described, and the others are counted as `extensions.cost` counts them', async () => {
  await start({ MAX_ROOT_FIELDS: '60' });
  upstream.on('GET', /./, { status: 404 });
  const fields = Array.from(
    { length: 60 },
    (_, index) => `r${index}: fieldingRun(id: "101/P1/T1/R${index}") { status }`,
  );
  const extensions = await extensionsOf(`{ ${fields.join(' ')} }`);
  expect(extensions.upstream).toMatchObject({ omitted: 10 });
  expect(extensions.upstream?.calls).toHaveLength(50);
  expect(extensions.cost?.upstreamCalls.made).toBe(60);
});

test('`extensions.upstream` is absent in production', async () => {
  await start({ NODE_ENV: 'production' });
  upstream.on('GET', '/accounts', accounts);
  expect(await extensionsOf(READ_ACCOUNTS)).toEqual({});
});
