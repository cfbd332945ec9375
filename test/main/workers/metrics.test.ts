import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { hasRedis, TestRedis } from '../../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { until } from '../../helpers/until.js';
import { scrape } from '../../telemetry/scrape.js';
import { accounts, READ_ACCOUNTS } from '../../upstream/faults/demand.js';
import { Program } from '../../helpers/program.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(120_000);

const it = hasRedis ? test : test.skip;

let redis: TestRedis;
let upstream: ScriptedUpstream;

beforeAll(async () => {
  if (hasRedis) redis = await TestRedis.start();
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', accounts);
});
afterAll(async () => {
  await Program.killAll();
  await upstream.close();
  if (hasRedis) await redis.close();
});

it('the primary serves the sums of its workers, and counters do not fall when a worker exits', async () => {
  const program = new Program({
    WORKERS: '2',
    METRICS_PORT: '0',
    REDIS_URL: redis.url,
    DEMAND_API_URL: upstream.url,
  });
  const url = await program.url();
  const { metrics } = await program.line(({ msg }) => msg === 'Fieldgate is ready.');
  const metricsUrl = String(metrics).replace('/metrics', '');
  const count = async () =>
    (await scrape(metricsUrl)).value('fieldgate_operations_total', { type: 'query', outcome: 'ok' });
  const query = (connection: string) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer demo', connection },
      body: JSON.stringify({ query: READ_ACCOUNTS }),
    });

  // Each on a connection of its own, so that both workers have some.
  for (let sent = 0; sent < 10; sent += 1) await query('close');
  expect(await count()).toBe(10);
  // Nothing shows the metrics of one worker alone.
  expect((await fetch(`${url}/metrics`)).status).toBe(404);

  // What has been scraped of a worker that is killed still counts.
  process.kill(program.workers[0]!, 'SIGKILL');
  await program.untilWorkers(3);
  expect(await count()).toBe(10);

  // A worker that ends in order also tells what has not been scraped.
  await query('close');
  program.signal('SIGHUP');
  await program.line(({ msg }) => msg === 'Restarted: all workers have been replaced.');
  await until(async () => (await count()) === 11);
  program.signal('SIGTERM');
  expect(await program.end()).toEqual({ code: 0, stderr: '' });
});
