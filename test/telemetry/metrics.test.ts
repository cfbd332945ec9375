import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../src/error-codes.js';
import { createMetrics } from '../../src/telemetry/metrics/metrics.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { postText } from '../helpers/http-text.js';
import { openRaw } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../upstream/faults/demand.js';
import { Scrape, scrape, type Sample } from './scrape.js';

const NAMES = 1000;
const QUICK = { DEMAND_API_RETRY_BASE_MS: '1', DEMAND_API_RETRY_MAX_MS: '2' };

test('each code of an error is an outcome of its own; any other counts as `OTHER`', async () => {
  const metrics = createMetrics({ isScraped: false });
  const operation = { name: 'A', type: 'query', client: undefined, seconds: undefined } as const;
  for (const outcome of [...ERROR_CODES, 'of a plugin'])
    metrics.recorder.operation({ ...operation, outcome });
  const counted = new Scrape((await metrics.exposition()).body).find('fieldgate_operations_total');
  expect(counted.map(({ labels: { outcome }, value }) => [outcome, value])).toEqual(
    [...ERROR_CODES, 'OTHER'].map((outcome) => [outcome, 1]),
  );
});

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

  test('an operation whose client disconnects before it has arrived is no mistake', async () => {
    await start();
    const client = await openRaw(gateway.url);
    client.send(postText().slice(0, -5));
    await gateway.execute('{ __typename }');
    client.close();
    await until(async () => (await value('operations_total', { outcome: 'CLIENT_GONE' })) === 1);
    expect(await value('operations_total', { outcome: 'BAD_USER_INPUT' })).toBe(0);
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

  test('a request without a response has its reason in the place of a status', async () => {
    await start({ DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_TIMEOUT_MS: '50' });
    upstream.on('GET', '/accounts', { fault: 'hang' });
    await gateway.execute(READ_ACCOUNTS);
    expect(await value('upstream_requests_total', { status: 'timed-out' })).toBe(1);
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
    expect(await statusOf('/metrics', 'POST')).toBe(405);
    await gateway.close();
    await expect(fetch(`${gateway.metricsUrl!}/metrics`)).rejects.toThrow();

    await start({ NODE_ENV: 'production' });
    expect(gateway.metricsUrl).toBeUndefined();
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  });
});
