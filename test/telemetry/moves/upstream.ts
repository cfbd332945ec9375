import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../../upstream/faults/demand.js';
import { RUN_OPERATION, type Scenario } from './scenario.js';

const attempt = (status: number | string, nth: number, operation = RUN_OPERATION) =>
  `upstream_requests_total{operation="${operation}",status="${status}",attempt="${nth}"}`;

export const upstreamScenarios: readonly Scenario[] = [
  {
    what: 'requests, retries, pauses and revalidations',
    steps: [
      {
        act: async ({ gateway, upstream }) => {
          upstream.on('GET', run.path, [
            { status: 503 },
            { status: 429, headers: { 'retry-after': '0' } },
            runAnswer(5),
            { status: 304, headers: { etag: 'W/"5"' } },
            runAnswer(6),
          ]);
          for (let times = 0; times < 3; times += 1) await gateway.execute(READ_RUN);
        },
        moves: {
          [attempt(503, 1)]: 1,
          [attempt(429, 2)]: 1,
          [attempt(200, 3)]: 1,
          [attempt(304, 1)]: 1,
          [attempt(200, 1)]: 1,
          upstream_requests_total: 5,
          [`upstream_request_duration_seconds_count{operation="${RUN_OPERATION}"}`]: 5,
          upstream_retries_total: 2,
          upstream_cooldowns_total: 1,
          'cache_reads_total{result="miss"}': 1,
          'cache_reads_total{result="revalidated"}': 1,
          'cache_reads_total{result="changed"}': 1,
        },
      },
      {
        act: ({ gateway, upstream }) => {
          upstream.on('GET', '/accounts', { status: 429, headers: { 'retry-after': '60' } });
          return gateway.execute(READ_ACCOUNTS);
        },
        moves: { upstream_cooldowns_active: 1, upstream_cooldowns_total: 2 },
      },
    ],
  },
  {
    what: 'the retry budget, and a breaker that opens and closes',
    options: { env: { DEMAND_API_RETRY_BUDGET_FLOOR: '1', DEMAND_API_BREAKER_MIN_CALLS: '4' } },
    steps: [
      {
        act: async ({ gateway, upstream }) => {
          upstream.on('GET', '/accounts', { status: 503 });
          // Two attempts of the first, then one of each.
          for (let times = 0; times < 3; times += 1) await gateway.execute(READ_ACCOUNTS);
        },
        moves: {
          upstream_retries_total: 1,
          upstream_retry_budget_exhausted_total: 3,
          'upstream_breaker_open{operation="GET /accounts"}': 1,
          'upstream_breaker_open{operation="connections"}': 0,
          upstream_failed_fast_total: 0,
        },
      },
      {
        act: ({ gateway }) => gateway.execute(READ_ACCOUNTS),
        moves: { upstream_failed_fast_total: 1, upstream_requests_total: 4 },
      },
      {
        act: async ({ gateway, upstream }) => {
          upstream.on('GET', '/accounts', accounts);
          while ((await gateway.execute(READ_ACCOUNTS)).errors.length > 0) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        },
        moves: { 'upstream_breaker_open{operation="GET /accounts"}': 0 },
      },
    ],
  },
  {
    what: 'an API that cannot be reached',
    options: { env: { DEMAND_API_BREAKER_MIN_CALLS: '3', DEMAND_API_MAX_ATTEMPTS: '1' } },
    steps: [
      {
        act: async ({ gateway, upstream }) => {
          await upstream.close();
          for (let times = 0; times < 3; times += 1) await gateway.execute(READ_ACCOUNTS);
        },
        moves: {
          [attempt('not-connected', 1, 'GET /accounts')]: 3,
          'upstream_breaker_open{operation="connections"}': 1,
        },
      },
    ],
  },
  {
    what: 'calls that wait, and those that share a response',
    options: { env: { DEMAND_API_CONCURRENCY: '1' } },
    steps: [
      {
        act: ({ gateway, upstream, background }) => {
          upstream.on('GET', '/accounts', [{ ...accounts, delayMs: 2000 }, accounts]);
          background.push(
            gateway.execute(READ_ACCOUNTS),
            gateway.execute(READ_ACCOUNTS),
            gateway.execute(READ_ACCOUNTS, {}, { token: 'other' }),
          );
        },
        moves: { upstream_calls_queued: 1 },
      },
      {
        act: ({ background }) => Promise.all(background),
        moves: { upstream_calls_queued: 0, upstream_shared_reads_total: 1, upstream_requests_total: 2 },
      },
    ],
  },
];
