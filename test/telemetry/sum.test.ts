/** The metrics of several workers as one: alerts and the dashboard must read the same as with a single process. */
import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../src/telemetry/metrics/metrics.js';
import type { Observables } from '../../src/telemetry/metrics/observables.js';
import { MetricsSum } from '../../src/telemetry/metrics/sum.js';
import type { Snapshot } from '../../src/telemetry/metrics/snapshot.js';
import { readText } from '../deploy/files.js';
import { Scrape } from './scrape.js';

interface Worker {
  readonly openBreakers?: readonly string[];
  readonly isRedisConnected?: boolean;
  readonly executing?: number;
  /** Values in place of those of this process. */
  readonly measured?: Readonly<Record<string, number>>;
}

async function snapshotOf(worker: Worker): Promise<Snapshot> {
  const observables: Observables = {
    load: () => ({ executing: worker.executing ?? 0, waiting: 0, rejected: 0 }),
    openBreakers: () => worker.openBreakers ?? [],
    callsWaiting: () => 0,
    cooldowns: () => 0,
    watches: () => ({ topics: 0, polled: 0 }),
    isRedisConnected: () => worker.isRedisConnected ?? true,
  };
  const metrics = createMetrics({ isScraped: true });
  metrics.observe(observables);
  return (await metrics.snapshot()).map((metric) => {
    const value = worker.measured?.[metric.name];
    return value === undefined ? metric : { ...metric, values: [{ value, labels: {} }] };
  });
}

async function sumOf(...workers: readonly Worker[]): Promise<Scrape> {
  const sum = new MetricsSum();
  for (const [id, worker] of workers.entries()) sum.set(id, await snapshotOf(worker));
  return new Scrape((await sum.exposition()).body);
}

describe('Of several workers', () => {
  test('counts are added', async () => {
    const sum = await sumOf({ executing: 2 }, { executing: 3 });
    expect(sum.value('fieldgate_operations_executing')).toBe(5);
  });

  test('a breaker is 1 where it is open in any', async () => {
    const sum = await sumOf({ openBreakers: ['connections', 'GET /a'] }, { openBreakers: ['connections'] });
    expect(sum.find('fieldgate_upstream_breaker_open').map(({ labels, value }) => [labels, value])).toEqual([
      [{ operation: 'connections' }, 1],
      [{ operation: 'GET /a' }, 1],
    ]);
  });

  test('Redis is 1 where it is connected for all, else 0', async () => {
    const connected = await sumOf({}, {});
    expect(connected.value('fieldgate_redis_connected')).toBe(1);
    const one = await sumOf({}, { isRedisConnected: false }, {});
    expect(one.find('fieldgate_redis_connected')).toMatchObject([{ value: 0 }]);
  });

  test('the slowest event loop and the largest process count', async () => {
    const sum = await sumOf(
      {
        measured: {
          nodejs_eventloop_lag_p99_seconds: 0.5,
          nodejs_eventloop_lag_seconds: 0.4,
          fieldgate_process_resident_memory_bytes: 700e6,
        },
      },
      {
        measured: {
          nodejs_eventloop_lag_p99_seconds: 0.02,
          nodejs_eventloop_lag_seconds: 0.01,
          fieldgate_process_resident_memory_bytes: 200e6,
        },
      },
    );
    expect(sum.value('nodejs_eventloop_lag_p99_seconds')).toBe(0.5);
    expect(sum.value('nodejs_eventloop_lag_seconds')).toBe(0.4);
    expect(sum.value('fieldgate_process_resident_memory_bytes')).toBe(700e6);
  });

  test('500 pairs of names and clients have series of their own, whatever each worker has counted', async () => {
    const sum = new MetricsSum();
    const count = async (id: number, first: number) => {
      const metrics = createMetrics({ isScraped: true });
      for (let index = first; index < first + 600; index += 1) {
        const named = { name: `N${index}`, type: 'query', client: `c${index}` } as const;
        metrics.recorder.operation({ ...named, outcome: 'ok', seconds: 0.1 });
      }
      sum.set(id, await metrics.snapshot());
    };
    const scraped = async () => new Scrape((await sum.exposition()).body);
    await count(1, 0);
    await count(2, 300);
    await count(3, 3000);
    const before = await scraped();
    const operations = before.find('fieldgate_operations_total');
    expect(operations).toHaveLength(501);
    expect(before.value('fieldgate_operations_total', { operation: 'N400', client: 'c400' })).toBe(2);
    expect(before.value('fieldgate_operations_total')).toBe(1800);
    expect(before.find('fieldgate_operation_duration_seconds_count')).toHaveLength(501);
    expect(before.value('fieldgate_operation_duration_seconds_count')).toBe(1800);
    // What has become `other` stays so, also when workers end: no series falls.
    sum.end(1);
    sum.end(2);
    expect((await scraped()).find('fieldgate_operations_total')).toEqual(
      expect.arrayContaining([...operations]),
    );
  });

  test('all metrics that alerts and the dashboard read are there', async () => {
    const texts = [
      readText('deploy/prometheus/rules/fieldgate.yml'),
      readText('deploy/grafana/dashboards/fieldgate.json'),
    ];
    const names = texts.flatMap(
      (text) => text.match(/\b(?:fieldgate|process|nodejs)_[a-z0-9_]+(?=[{[])/g) ?? [],
    );
    expect(names.length).toBeGreaterThan(30);
    const { types } = await sumOf({}, {});
    const isThere = (name: string) =>
      types.has(name) || types.has(name.replace(/_(?:bucket|sum|count)$/, ''));
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });
});
