import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { startLiveStage, Told, webSocketClient, runUpdated, type LiveStage } from '../live/stage.js';
import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../upstream/faults/demand.js';
import { event, SECRET, signatureOf } from '../webhooks/delivery.js';
import { scrape, type Sample } from './scrape.js';

const RUN_OPERATION =
  'GET /demand/accounts/{account_id}/projects/{project_id}/target-groups/{target_group_id}/fielding-runs/{fielding_run_id}';
const NAMES = process.env['CI'] === 'true' ? 10_000 : 1000;
const QUICK = { DEMAND_API_RETRY_BASE_MS: '1', DEMAND_API_RETRY_MAX_MS: '2' };

describe('in front of a scripted API', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
    upstream.on('GET', '/accounts', accounts);
  });
  afterEach(async () => {
    await gateway.close();
    await upstream.close();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    gateway = await startTestGateway({ demandApiUrl: upstream.url, env: { ...QUICK, ...env } });
  }

  async function value(name: string, labels?: Sample['labels']): Promise<number> {
    return (await scrape(gateway.url)).value(`fieldgate_${name}`, labels);
  }

  test('operations count by name, type, client and outcome', async () => {
    await start();
    upstream.on('GET', run.path, { status: 403, body: {} });
    const named = { headers: { 'apollographql-client-name': 'web' } };
    await gateway.execute('query Names { accounts { name } }', {}, named);
    await gateway.execute('query Names { accounts { name } }', {}, named);
    await gateway.execute(READ_ACCOUNTS);
    await gateway.execute(READ_RUN, {}, named);
    await gateway.execute('{ nothing }', {}, named);
    await fetch(`${gateway.url}/graphql`, { method: 'POST', body: 'no json' });
    await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
      body: JSON.stringify({
        query: 'query Ids { accounts { id } }',
        extensions: { clientLibrary: { name: '@apollo/client', version: '4.1' } },
      }),
    });
    const metrics = await scrape(gateway.url);
    const counted = metrics
      .find('fieldgate_operations_total')
      .map(({ labels: { operation, type, client, outcome }, value }) => [
        operation,
        type,
        client,
        outcome,
        value,
      ]);
    expect(counted).toEqual([
      ['Names', 'query', 'web', 'ok', 2],
      ['anonymous', 'query', '', 'ok', 1],
      ['anonymous', 'query', 'web', 'FORBIDDEN', 1],
      ['unknown', 'unknown', 'web', 'GRAPHQL_VALIDATION_FAILED', 1],
      ['unknown', 'unknown', '', 'BAD_USER_INPUT', 1],
      ['Ids', 'query', '@apollo/client', 'ok', 1],
    ]);
    const names = { operation: 'Names', type: 'query' };
    expect(metrics.value('fieldgate_operation_duration_seconds_count', names)).toBe(2);
    expect(metrics.value('fieldgate_operation_duration_seconds_sum', names)).toBeGreaterThan(0);
  });

  test('any number of names of operations and clients are 500 series and `other`', async () => {
    await start();
    const names = Array.from({ length: NAMES }, (_, index) => `Name${index}`);
    const next = names.values();
    const run = async () => {
      for (const name of next) {
        await gateway.execute(
          `query ${name} { __typename }`,
          {},
          {
            headers: { 'apollographql-client-name': name },
          },
        );
      }
    };
    await Promise.all(Array.from({ length: 20 }, run));
    const metrics = await scrape(gateway.url);
    const series = metrics.find('fieldgate_operations_total');
    expect(series).toHaveLength(501);
    expect(metrics.value('fieldgate_operations_total')).toBe(NAMES);
    expect(metrics.find('fieldgate_operations_total', { operation: 'other', client: 'other' })).toEqual([
      expect.objectContaining({ value: NAMES - 500 }),
    ]);
    expect(metrics.find('fieldgate_operation_duration_seconds_count')).toHaveLength(501);
    // Those that were first go on being counted by themselves.
    const first = { operation: 'Name0', client: 'Name0' };
    await gateway.execute(
      'query Name0 { __typename }',
      {},
      {
        headers: { 'apollographql-client-name': 'Name0' },
      },
    );
    expect(await value('operations_total', first)).toBe(2);
  }, 120_000);

  test('requests to the API count by operation, status and attempt, and retries, pauses and pieces of cache do', async () => {
    await start();
    upstream.on('GET', run.path, [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '0' } },
      runAnswer(5),
      { status: 304, headers: { etag: 'W/"5"' } },
      runAnswer(6),
    ]);
    for (let times = 0; times < 3; times += 1) expect((await gateway.execute(READ_RUN)).errors).toEqual([]);
    const metrics = await scrape(gateway.url);
    const requests = metrics
      .find('fieldgate_upstream_requests_total')
      .map(({ labels: { operation, status, attempt }, value }) => [operation, status, attempt, value]);
    expect(requests).toEqual([
      [RUN_OPERATION, '503', '1', 1],
      [RUN_OPERATION, '429', '2', 1],
      [RUN_OPERATION, '200', '3', 1],
      [RUN_OPERATION, '304', '1', 1],
      [RUN_OPERATION, '200', '1', 1],
    ]);
    expect(
      metrics.value('fieldgate_upstream_request_duration_seconds_count', { operation: RUN_OPERATION }),
    ).toBe(5);
    expect(metrics.value('fieldgate_upstream_retries_total')).toBe(2);
    expect(metrics.value('fieldgate_upstream_cooldowns_total')).toBe(1);
    for (const result of ['miss', 'revalidated', 'changed']) {
      expect([result, metrics.value('fieldgate_cache_reads_total', { result })]).toEqual([result, 1]);
    }
    expect(metrics.value('fieldgate_loader_batch_size_count')).toBe(3);
  });

  test('a request without a response has its reason in the place of a status', async () => {
    await start({ DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_TIMEOUT_MS: '50' });
    upstream.on('GET', '/accounts', { fault: 'hang' });
    await gateway.execute(READ_ACCOUNTS);
    expect(await value('upstream_requests_total', { status: 'timed-out' })).toBe(1);
  });

  test('the retry budget, and breakers that are open', async () => {
    await start({ DEMAND_API_RETRY_BUDGET_FLOOR: '1', DEMAND_API_BREAKER_MIN_CALLS: '3' });
    upstream.on('GET', '/accounts', { status: 503 });
    expect(await value('upstream_breaker_open', { operation: 'connections' })).toBe(0);
    for (let times = 0; times < 4; times += 1) await gateway.execute(READ_ACCOUNTS);
    const metrics = await scrape(gateway.url);
    expect(metrics.value('fieldgate_upstream_retries_total')).toBe(1);
    expect(metrics.value('fieldgate_upstream_retry_budget_exhausted_total')).toBeGreaterThan(0);
    expect(metrics.value('fieldgate_upstream_failed_fast_total')).toBeGreaterThan(0);
    expect(metrics.value('fieldgate_upstream_breaker_open', { operation: 'GET /accounts' })).toBe(1);
    expect(metrics.value('fieldgate_upstream_breaker_open', { operation: 'connections' })).toBe(0);
  });

  test('callers that have to wait, reads that are shared, and calls and operations that are under way', async () => {
    await start({ DEMAND_API_CONCURRENCY: '1', MAX_REQUESTS_IN_FLIGHT: '3', REQUEST_TIMEOUT_MS: '3000' });
    upstream.on('GET', '/accounts', { ...accounts, delayMs: 300 });
    const [one, two, other] = [
      gateway.execute(READ_ACCOUNTS),
      gateway.execute(READ_ACCOUNTS),
      gateway.execute(READ_ACCOUNTS, {}, { token: 'other' }),
    ];
    await until(async () => (await value('operations_executing')) === 3);
    await until(async () => (await value('upstream_calls_queued')) === 1);
    expect((await gateway.execute(READ_ACCOUNTS)).status).toBe(503);
    await Promise.all([one, two, other]);
    expect(await value('operations_executing')).toBe(0);
    expect(await value('operations_rejected_total')).toBe(1);
    expect(await value('operations_total', { outcome: 'RATE_LIMITED', operation: 'unknown' })).toBe(1);
    expect(await value('upstream_shared_reads_total')).toBe(1);
    upstream.on('GET', '/accounts', { status: 429, headers: { 'retry-after': '60' } });
    await gateway.execute(READ_ACCOUNTS);
    expect(await value('upstream_cooldowns_active')).toBe(1);
  });

  test('no label has an id, a token or a path of the API', async () => {
    await start();
    upstream.on('GET', run.path, runAnswer(5));
    await gateway.execute(READ_RUN, {}, { token: 'planted-token' });
    const { text } = await scrape(gateway.url);
    const labels = text.match(/\{.*\}/g)!.join('\n');
    for (const planted of ['planted-token', run.path, 'R1', 'T1"', '101']) {
      expect(labels).not.toContain(planted);
    }
  });

  test('deliveries of webhooks count by what became of them', async () => {
    await start({ WEBHOOK_SECRET: SECRET });
    const deliver = (body: string, signature = signatureOf(body)) =>
      fetch(`${gateway.url}/webhooks/demand`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json', 'cint-signature': signature },
        body,
      });
    const body = JSON.stringify(event);
    await deliver(body);
    await deliver(body);
    await deliver(JSON.stringify({ ...event, id: 'other', type: 'com.cint.invoice.paid' }));
    await deliver(body, 'nonsense');
    await deliver('{}');
    const metrics = await scrape(gateway.url);
    const results = metrics
      .find('fieldgate_webhook_deliveries_total')
      .map(({ labels: { result }, value }) => [result, value]);
    expect(results).toEqual([
      ['accepted', 1],
      ['duplicate', 1],
      ['ignored', 1],
      ['signature-malformed', 1],
      ['malformed', 1],
    ]);
  });

  test('the process has its own', async () => {
    await start();
    const { types } = await scrape(gateway.url);
    const names = [...types.keys()];
    expect(names).toEqual(
      expect.arrayContaining([
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'nodejs_heap_size_used_bytes',
        'nodejs_eventloop_lag_p99_seconds',
        'nodejs_gc_duration_seconds',
      ]),
    );
  });

  test('in production they are on METRICS_PORT alone, and nowhere without it', async () => {
    await start({ NODE_ENV: 'production', METRICS_PORT: '0' });
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
    await gateway.execute(READ_ACCOUNTS);
    const metrics = await scrape(gateway.metricsUrl!);
    expect(metrics.value('fieldgate_operations_total', { outcome: 'ok' })).toBe(1);
    const statusOf = async (path: string, method = 'GET') =>
      (await fetch(gateway.metricsUrl! + path, { method })).status;
    expect(await statusOf('/graphql')).toBe(404);
    expect(await statusOf('/metrics', 'POST')).toBe(404);
    await gateway.close();
    await expect(fetch(`${gateway.metricsUrl!}/metrics`)).rejects.toThrow();

    await start({ NODE_ENV: 'production' });
    expect(gateway.metricsUrl).toBeUndefined();
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  });
});

describe('subscriptions', () => {
  let stage: LiveStage;

  beforeEach(async () => {
    stage = await startLiveStage({ env: { METRICS_PORT: '0' } });
  });
  afterEach(() => stage.close());

  async function value(name: string, labels?: Sample['labels']): Promise<number> {
    return (await scrape(stage.gateway.metricsUrl!)).value(`fieldgate_${name}`, labels);
  }

  test('count while they are open, with their events, and by how they end', async () => {
    const client = webSocketClient(stage.gateway);
    const told = new Told();
    const unsubscribe = client.subscribe(runUpdated, told.sink);
    await until(() => told.results.length >= 1);
    await stage.change();
    await until(() => told.results.length >= 2);
    expect(await value('subscriptions_active')).toBe(1);
    expect(await value('subscriptions_started_total')).toBe(1);
    expect(await value('subscription_events_sent_total')).toBe(2);
    expect(await value('subscription_topics')).toBe(1);
    await until(async () => (await value('pollers_active')) === 1);
    await until(async () => (await value('polls_total', { result: 'news' })) === 1);
    await until(async () => (await value('polls_total', { result: 'nothing' })) >= 1);
    expect(await value('operations_total', { operation: 'Run', type: 'subscription', outcome: 'ok' })).toBe(
      1,
    );
    unsubscribe();
    await until(async () => (await value('subscriptions_active')) === 0);
    expect(await value('subscriptions_ended_total', { reason: 'left' })).toBe(1);
    expect(await value('pollers_active')).toBe(0);
    await client.dispose();
  });
});
