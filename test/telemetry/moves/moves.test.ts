/** Every metric that the gateway has moves by what happens. A metric that no scenario moves fails a test. */
import { expect, jest, test } from '@jest/globals';
import { processSharedState } from '../../../src/state/shared-state.js';
import { startTestGateway } from '../../helpers/gateway.js';
import { hasRedis, TestRedis } from '../../helpers/redis.js';
import { startScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { until } from '../../helpers/until.js';
import { scrape, type Scrape } from '../scrape.js';
import { deliveryScenarios } from './deliveries.js';
import { operationScenarios } from './operations.js';
import type { Moves, Scenario, ScenarioFixture } from './scenario.js';
import { subscriptionScenarios } from './subscriptions.js';
import { upstreamScenarios } from './upstream.js';

/** More than one step may wait as long as `until` does. */
jest.setTimeout(120_000);

const scenarios: readonly Scenario[] = [
  ...operationScenarios,
  ...upstreamScenarios,
  ...subscriptionScenarios,
  ...deliveryScenarios,
];
const QUICK = { METRICS_PORT: '0', DEMAND_API_RETRY_BASE_MS: '1', DEMAND_API_RETRY_MAX_MS: '2' };

test.each(scenarios.map((scenario) => [scenario.what, scenario] as const))('%s', async (_, scenario) => {
  const upstream = await startScriptedUpstream();
  const { env, ...options } = scenario.options ?? {};
  const gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    env: { ...QUICK, ...env },
    ...options,
  });
  const fixture: ScenarioFixture = { upstream, gateway, background: [], clients: [] };
  try {
    const before = await scrape(gateway.metricsUrl!);
    for (const { act, moves } of scenario.steps) {
      await act(fixture);
      await expectMoves(gateway.metricsUrl!, before, moves);
    }
  } finally {
    for (const client of fixture.clients) await client.dispose();
    await Promise.allSettled(fixture.background);
    await gateway.close();
    await upstream.close();
  }
});

/** Waits until all series have moved so. */
async function expectMoves(url: string, before: Scrape, moves: Moves): Promise<void> {
  let found: Moves = {};
  const read = async () => {
    const now = await scrape(url);
    found = Object.fromEntries(
      Object.keys(moves).map((series) => [
        series,
        now.sum(`fieldgate_${series}`) - before.sum(`fieldgate_${series}`),
      ]),
    );
  };
  await until(async () => {
    await read();
    return Object.entries(moves).every(([series, by]) => found[series] === by);
  }).catch(() => undefined);
  expect(found).toEqual(moves);
}

(hasRedis ? test : test.skip)('Redis that goes away and comes back', async () => {
  const redis = await TestRedis.start();
  const gateway = await startTestGateway({
    demandApiUrl: 'http://127.0.0.1:9/v1',
    env: { ...QUICK, REDIS_URL: redis.url },
  });
  try {
    const connected = async () => (await scrape(gateway.metricsUrl!)).value('fieldgate_redis_connected');
    await until(async () => (await connected()) === 1);
    await redis.stop();
    await until(async () => (await connected()) === 0);
    await redis.start();
    await until(async () => (await connected()) === 1);
  } finally {
    await gateway.close();
    await redis.close();
  }
});

test('memory that the process takes', async () => {
  const gateway = await startTestGateway({ demandApiUrl: 'http://127.0.0.1:9/v1', env: QUICK });
  try {
    const resident = async () =>
      (await scrape(gateway.metricsUrl!)).value('fieldgate_process_resident_memory_bytes');
    const before = await resident();
    expect(before).toBeGreaterThan(20e6);
    const taken = Buffer.alloc(300e6);
    // A page is the process's own once something is written there.
    for (let at = 0; at < taken.length; at += 4096) taken[at] = 1;
    expect(await resident()).toBeGreaterThan(before + 100e6);
    expect(taken).toHaveLength(300e6);
  } finally {
    await gateway.close();
  }
});

test('no metric is without a scenario that moves it', async () => {
  const shared = { ...processSharedState(), isConnected: () => true };
  const gateway = await startTestGateway({
    demandApiUrl: 'http://127.0.0.1:9/v1',
    env: QUICK,
    sharedState: shared,
  });
  const { types } = await scrape(gateway.metricsUrl!);
  await gateway.close();
  const moved = new Set(
    scenarios.flatMap(({ steps }) =>
      steps.flatMap(({ moves }) =>
        Object.entries(moves)
          .filter(([, by]) => by !== 0)
          .map(([series]) => `fieldgate_${series.replace(/\{.*/, '').replace(/_(?:bucket|sum|count)$/, '')}`),
      ),
    ),
  );
  const ours = [...types.keys()].filter((name) => name.startsWith('fieldgate_'));
  // Those above move them.
  expect(ours.filter((name) => !moved.has(name)).sort()).toEqual([
    'fieldgate_process_resident_memory_bytes',
    'fieldgate_redis_connected',
  ]);
});
