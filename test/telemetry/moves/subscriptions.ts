import type { SubscriptionEnd } from '../../../src/telemetry/recorder.js';
import { until } from '../../helpers/until.js';
import { FAST_POLLING } from '../../live/live-fixture.js';
import { accounts, job, project, READ_ACCOUNTS, run, runAnswer } from '../../upstream/faults/demand.js';
import { subscribe, type Moves, type Scenario } from './scenario.js';

const ended = (reason: SubscriptionEnd) => `subscriptions_ended_total{reason="${reason}"}`;

/** One ends so, and no other one any other way. */
function oneEnds(reason: SubscriptionEnd): Moves {
  return {
    [ended(reason)]: 1,
    subscriptions_ended_total: 1,
    subscriptions_started_total: 1,
    subscriptions_active: 0,
    subscription_topics: 0,
    pollers_active: 0,
  };
}

const list = `${project.path}/target-groups`;
const LIST_PATH = new RegExp(`${list}\\?`);
const page = (...groups: readonly { readonly id: string; readonly name: string }[]) => ({
  body: { target_groups: groups, has_more: false },
});
/** More than may wait for a consumer. All are seen in one iteration of the event loop, so that no consumer is fast enough. */
const TOO_MANY = 10_002;

let clock = 0;
let leave = (): void => undefined;

export const subscriptionScenarios: readonly Scenario[] = [
  {
    what: 'a subscription that is left, and its polls',
    options: { env: { ...FAST_POLLING, DEMAND_API_MAX_ATTEMPTS: '1' } },
    steps: [
      {
        act: async (fixture) => {
          fixture.upstream.on('GET', run.path, [
            runAnswer(5),
            { status: 304, headers: { etag: 'W/"5"' } },
            { status: 500 },
            runAnswer(6),
            { fault: 'hang' },
          ]);
          const { received, unsubscribe } = subscribe(fixture);
          leave = unsubscribe;
          await until(() => received.results.length === 2);
        },
        moves: {
          subscriptions_started_total: 1,
          subscriptions_active: 1,
          subscription_topics: 1,
          pollers_active: 1,
          subscription_events_sent_total: 2,
          'polls_total{result="unchanged"}': 1,
          'polls_total{result="failed"}': 1,
          'polls_total{result="changed"}': 1,
          'operations_total{operation="Run",type="subscription",outcome="ok"}': 1,
        },
      },
      {
        act: () => {
          leave();
        },
        moves: oneEnds('left'),
      },
    ],
  },
  {
    what: 'a subscription that is complete',
    options: { env: FAST_POLLING },
    steps: [
      {
        act: async (fixture) => {
          fixture.upstream.on('GET', job.path, { body: { id: 'J1', status: 'Completed' } });
          const { received } = subscribe(fixture, {
            query: `subscription { batchJobUpdated(id: "${job.id}") { id } }`,
          });
          await until(() => received.end !== undefined);
        },
        moves: oneEnds('completed'),
      },
    ],
  },
  {
    what: 'a subscription whose token expires',
    options: {
      now: () => Date.now() + clock,
      authenticate: () => ({
        key: 'caller',
        grants: undefined,
        authorization: 'Bearer demo',
        expiresAt: Date.now() + clock + 60_000,
      }),
    },
    steps: [
      {
        act: async (fixture) => {
          fixture.upstream.on('GET', run.path, runAnswer(5));
          const { received } = subscribe(fixture);
          await until(() => received.results.length === 1);
          clock = 61_000;
          await until(() => received.end !== undefined);
        },
        moves: oneEnds('expired'),
      },
    ],
  },
  {
    what: 'a subscription whose gateway closes',
    steps: [
      {
        act: async (fixture) => {
          const { gateway, upstream, background } = fixture;
          upstream.on('GET', run.path, runAnswer(5));
          // Metrics are served until this is answered.
          upstream.on('GET', '/accounts', { ...accounts, delayMs: 2500 });
          const { received } = subscribe(fixture);
          await until(() => received.results.length === 1);
          background.push(gateway.execute(READ_ACCOUNTS));
          await until(() => upstream.requests.some(({ path }) => path === '/v1/accounts'));
          background.push(gateway.close());
        },
        moves: oneEnds('closing'),
      },
    ],
  },
  {
    what: 'a consumer that is too slow',
    options: { env: { ...FAST_POLLING, POLL_LIST_CALLS_PER_MINUTE: '100000' } },
    steps: [
      {
        act: async (fixture) => {
          const answers = [page({ id: 'T1', name: 'old' }, { id: 'T2', name: 'old' })];
          fixture.upstream.on('GET', LIST_PATH, () => (answers.length > 1 ? answers.shift()! : answers[0]!));
          const { received } = subscribe(fixture, {
            query: `subscription { targetGroupUpdated(projectId: "${project.id}") { name } }`,
          });
          await until(() => fixture.upstream.requests.length > 1);
          // The first is taken at once. The second waits, and is replaced.
          answers.push(
            page({ id: 'T1', name: 'new' }, { id: 'T2', name: 'new' }, { id: 'T2', name: 'newer' }),
            page({ id: 'T1', name: 'new' }, { id: 'T2', name: 'newer' }),
          );
          await until(() => received.results.length === 2);
        },
        moves: {
          subscription_events_sent_total: 2,
          subscription_events_skipped_total: 1,
          subscription_events_dropped_total: 0,
        },
      },
      {
        act: async ({ upstream }) => {
          const groups = Array.from({ length: TOO_MANY }, (_, n) => ({ id: `N${n}`, name: 'new' }));
          upstream.on('GET', LIST_PATH, page(...groups));
          await until(() => upstream.requests.length > 0);
        },
        moves: {
          ...oneEnds('failed'),
          // One was taken at once.
          subscription_events_dropped_total: TOO_MANY - 1,
          subscription_events_skipped_total: 1,
        },
      },
    ],
  },
];
