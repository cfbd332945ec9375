import { afterEach, beforeEach, expect, test, describe } from '@jest/globals';
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../upstream/faults/demand.js';

describe('The log', () => {
  const NAMED = 'query Names { accounts { name } }';

  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
    upstream.on('GET', '/accounts', accounts);
    lines = [];
  });
  afterEach(async () => {
    await gateway.close();
    await upstream.close();
  });

  async function start(level: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    gateway = await startTestGateway({ demandApiUrl: upstream.url, logger: pino({ level }, { write }), env });
  }

  function operations(): readonly Record<string, unknown>[] {
    return lines.filter(({ msg }) => /operation (?:has ended|was slow)/.test(String(msg)));
  }

  test('an operation is logged at `debug`, with its name, ids and cost', async () => {
    await start('debug');
    await gateway.execute(
      NAMED,
      {},
      {
        headers: {
          'x-request-id': 'req-7',
          traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`,
          'apollographql-client-name': 'web',
        },
      },
    );
    expect(operations()).toEqual([
      {
        level: 20,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        msg: 'An operation has ended.',
        traceId: 'ab'.repeat(16),
        requestId: 'req-7',
        operationName: 'Names',
        operationType: 'query',
        client: 'web',
        outcome: 'ok',
        durationMs: expect.any(Number),
        upstreamCalls: 1,
      },
    ]);
  });

  test('the trace id of an error leads to the line of its operation', async () => {
    await start('debug');
    const { errors } = await gateway.execute('{ nothing }');
    expect(operations()).toEqual([
      expect.objectContaining({
        traceId: errors[0]!.extensions!['traceId'],
        outcome: 'GRAPHQL_VALIDATION_FAILED',
      }),
    ]);
  });

  test('a request id that could be anything is left out', async () => {
    await start('debug');
    await gateway.execute(NAMED, {}, { headers: { 'x-request-id': 'a b"' } });
    expect(operations()).toEqual([expect.not.objectContaining({ requestId: expect.anything() })]);
  });

  test('a slow operation is logged as a warning, and others are not logged at `info`', async () => {
    await start('info', { SLOW_OPERATION_MS: '1000' });
    await gateway.execute('query Quick { __typename }');
    expect(operations()).toEqual([]);
    upstream.on('GET', '/accounts', { ...accounts, delayMs: 1100 });
    await gateway.execute(NAMED);
    expect(operations()).toEqual([
      expect.objectContaining({ level: 40, msg: 'An operation was slow.', operationName: 'Names' }),
    ]);
  });

  test('with 0, none is slow', async () => {
    await start('info', { SLOW_OPERATION_MS: '0' });
    upstream.on('GET', '/accounts', { ...accounts, delayMs: 20 });
    await gateway.execute(NAMED);
    expect(operations()).toEqual([]);
  });

  test('no line has more than 100 characters of a name, which a client can make as long as a request', async () => {
    const name = `N${'x'.repeat(100_000)}`;
    await start('debug', { SLOW_OPERATION_MS: '0', MAX_COST: '1', COST_MODE: 'measure' });
    const headers = { 'apollographql-client-name': 'c'.repeat(5000) };
    await gateway.execute(`query ${name} { accounts { name } }`, {}, { headers });
    const named = lines.filter((line) => 'operationName' in line);
    expect(named.map(({ msg, operationName }) => [msg, operationName])).toEqual([
      ['An operation costs more than MAX_COST.', name.slice(0, 100)],
      ['An operation has ended.', name.slice(0, 100)],
    ]);
    for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(1000);
  });
});

describe('The calls of an operation', () => {
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
    upstream.on('GET', run.path, [
      { status: 503 },
      runAnswer(5),
      { status: 304, headers: { etag: 'W/"5"' } },
    ]);
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
    await start({ DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_TIMEOUT_MS: '1000' });
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
    upstream.on('GET', '/accounts', { ...accounts, delayMs: 1000 });
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
});
