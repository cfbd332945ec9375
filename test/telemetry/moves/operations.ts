import { setImmediate as iteration } from 'node:timers/promises';
import type { Scenario } from './scenario.js';
import { accounts, READ_ACCOUNTS, run, runAnswer } from '../../upstream/faults/demand.js';

/** Holds operations until it is opened. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  readonly plugin = {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ operationName }: { operationName: string | null }) =>
          operationName === 'Held' ? this.opened : Promise.resolve(),
      }),
  };
}

const HELD = 'query Held { __typename }';
const few = new Gate();
const many = new Gate();
let isBusy = true;

/** Keeps the event loop saturated. */
async function keepBusy(): Promise<void> {
  while (isBusy) {
    const end = performance.now() + 5;
    while (performance.now() < end);
    await iteration();
  }
}

const named = { headers: { 'apollographql-client-name': 'web' } };
const ok = (operation: string, client: string) =>
  `operations_total{operation="${operation}",type="query",client="${client}",outcome="ok"}`;

export const operationScenarios: readonly Scenario[] = [
  {
    what: 'operations, and reads that are sent together',
    steps: [
      {
        act: ({ gateway, upstream }) => {
          upstream.on('GET', '/accounts', accounts);
          return gateway.execute('query Names { accounts { name } }', {}, named);
        },
        moves: {
          [ok('Names', 'web')]: 1,
          'operation_duration_seconds_count{operation="Names",type="query"}': 1,
          operations_total: 1,
          'loader_batch_size_bucket{le="1"}': 1,
        },
      },
      {
        act: ({ gateway, upstream }) => {
          upstream.on('GET', run.path, runAnswer(5));
          upstream.on('GET', `${run.path}2`, runAnswer(6));
          return gateway.execute(
            `{ a: fieldingRun(id: "${run.id}") { status } b: fieldingRun(id: "${run.id}2") { status } }`,
          );
        },
        moves: {
          [ok('anonymous', '')]: 1,
          'loader_batch_size_bucket{le="1"}': 1,
          'loader_batch_size_bucket{le="2"}': 2,
          loader_batch_size_count: 2,
          loader_batch_size_sum: 3,
        },
      },
      {
        act: ({ gateway }) => gateway.execute('{ nothing }'),
        moves: {
          'operations_total{type="unknown",outcome="GRAPHQL_VALIDATION_FAILED"}': 1,
          operations_total: 3,
        },
      },
    ],
  },
  {
    what: 'operations under way, and those that are rejected',
    options: { env: { MAX_REQUESTS_IN_FLIGHT: '2' }, plugins: [few.plugin] },
    steps: [
      {
        act: ({ gateway, background }) => {
          background.push(gateway.execute(HELD), gateway.execute(HELD));
        },
        moves: { operations_executing: 2, operations_rejected_total: 0, operations_total: 0 },
      },
      {
        act: ({ gateway }) => gateway.execute(READ_ACCOUNTS),
        moves: {
          operations_rejected_total: 1,
          'operations_total{operation="unknown",outcome="RATE_LIMITED"}': 1,
        },
      },
      {
        act: ({ background }) => {
          few.open();
          return Promise.all(background);
        },
        moves: { operations_executing: 0, operations_rejected_total: 1, [ok('Held', '')]: 2 },
      },
    ],
  },
  {
    what: 'operations that wait for their turn',
    options: { plugins: [many.plugin] },
    steps: [
      {
        act: ({ gateway, background }) => {
          for (let n = 0; n < 10; n += 1) background.push(gateway.execute(HELD));
        },
        moves: { operations_executing: 10, operations_queued: 0 },
      },
      {
        act: async ({ gateway, background }) => {
          background.push(keepBusy());
          // The limit has fallen below what is being executed.
          await new Promise((resolve) => setTimeout(resolve, 500));
          for (let n = 0; n < 3; n += 1) background.push(gateway.execute(HELD));
        },
        moves: { operations_executing: 10, operations_queued: 3 },
      },
      {
        act: ({ background }) => {
          isBusy = false;
          many.open();
          return Promise.all(background);
        },
        moves: { operations_executing: 0, operations_queued: 0, [ok('Held', '')]: 13 },
      },
    ],
  },
];
