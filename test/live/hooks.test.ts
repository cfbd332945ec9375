/** Plugins of Apollo Server see a client subscribe once, and then each event, on the listeners that they returned. */
import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server';
import type { RequestContext } from '../../src/context.js';
import { until } from '../helpers/until.js';
import {
  runUpdated,
  RUN_UPDATED,
  startLiveFixture,
  ReceivedResults,
  webSocketClient,
  type LiveFixture,
} from './live-fixture.js';

let calls: string[] = [];
const record = (call: string) => {
  calls.push(call);
  return Promise.resolve();
};

/** Records each hook, with the number of the listener. @param fields whether it observes resolvers, too */
function recorder(fields: boolean): ApolloServerPlugin<RequestContext> {
  let listeners = 0;
  return {
    async requestDidStart({ request: { http } }) {
      listeners += 1;
      const n = listeners;
      await record(`${n} requestDidStart ${http?.method ?? ''}`);
      return {
        didResolveSource: () => record(`${n} didResolveSource`),
        async parsingDidStart() {
          await record(`${n} parsingDidStart`);
        },
        async validationDidStart() {
          await record(`${n} validationDidStart`);
        },
        didResolveOperation: ({ operation }) => record(`${n} didResolveOperation ${operation?.operation}`),
        didEncounterErrors: ({ errors }) => record(`${n} didEncounterErrors ${errors.length}`),
        async executionDidStart() {
          await record(`${n} executionDidStart`);
          return {
            executionDidEnd: (error) => record(`${n} executionDidEnd ${error === undefined}`),
            ...(fields && {
              willResolveField({ info }) {
                void record(`${n} willResolveField ${info.parentType.name}.${info.fieldName}`);
              },
            }),
          };
        },
        willSendResponse: ({ response: { body } }) =>
          record(`${n} willSendResponse ${body.kind === 'single' && body.singleResult.errors?.length}`),
      };
    },
  };
}

let fixture: LiveFixture | undefined;
beforeEach(() => {
  calls = [];
});
afterEach(() => fixture?.close());

const EVENT = ['executionDidStart', 'executionDidEnd true', 'willSendResponse undefined'];
const of = (n: number, names: readonly string[]) => names.map((name) => `${n} ${name}`);

describe.each(['planned', 'graphql-js'])('With the %s executor', (executor) => {
  const start = async (plugin: ApolloServerPlugin<RequestContext>) => {
    fixture = await startLiveFixture({ plugins: [plugin], env: { GRAPHQL_EXECUTION: executor } });
    return fixture;
  };

  test('hooks up to didResolveOperation are called once, the later ones for each event', async () => {
    const { gateway } = await start(recorder(false));
    const client = webSocketClient(gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    await fixture?.change();
    await until(() => received.runs.length === 2);
    const opening = [
      'requestDidStart POST',
      'didResolveSource',
      'parsingDidStart',
      'validationDidStart',
      'didResolveOperation subscription',
    ];
    expect(calls).toEqual(of(1, [...opening, ...EVENT, ...EVENT]));
    await client.dispose();
  });

  test('every hook sees that a client subscribes by GET, the first and the second time', async () => {
    const see =
      (hook: string) =>
      ({ request: { http } }: GraphQLRequestContext<RequestContext>) =>
        record(`${hook} ${http?.method}`);
    const seeBoth = (hook: string) => async (context: GraphQLRequestContext<RequestContext>) => {
      await see(`${hook}DidStart`)(context);
      return () => see(`${hook}DidEnd`)(context);
    };
    const { gateway } = await start({
      requestDidStart: () =>
        Promise.resolve({
          didResolveSource: see('didResolveSource'),
          parsingDidStart: seeBoth('parsing'),
          validationDidStart: seeBoth('validation'),
          didResolveOperation: see('didResolveOperation'),
          async executionDidStart(context) {
            await see('executionDidStart')(context);
          },
          willSendResponse: see('willSendResponse'),
        }),
    });
    const search = new URLSearchParams({
      query: RUN_UPDATED,
      variables: JSON.stringify(runUpdated.variables),
    });
    for (const parsed of [
      ['parsingDidStart', 'parsingDidEnd', 'validationDidStart', 'validationDidEnd'],
      [],
    ]) {
      const abort = new AbortController();
      const { body } = await fetch(`${gateway.url}/graphql?${search}`, {
        headers: { accept: 'text/event-stream', authorization: 'Bearer demo' },
        signal: abort.signal,
      });
      for await (const chunk of body ?? []) if (Buffer.from(chunk as Uint8Array).includes('next')) break;
      abort.abort();
      expect(calls.splice(0)).toEqual(
        ['didResolveSource', ...parsed, 'didResolveOperation', 'executionDidStart', 'willSendResponse'].map(
          (hook) => `${hook} GET`,
        ),
      );
    }
  });

  test('hooks are called for each client that shares an execution', async () => {
    const { gateway } = await start(recorder(false));
    const client = webSocketClient(gateway);
    const both = [new ReceivedResults(), new ReceivedResults()];
    for (const received of both) client.subscribe(runUpdated, received.sink);
    await until(() => both.every(({ runs }) => runs.length === 1));
    for (const n of [1, 2]) {
      expect(calls.filter((call) => call.startsWith(`${n} `)).slice(-3)).toEqual(of(n, EVENT));
    }
    await client.dispose();
  });

  test('willResolveField is called for the fields of an event', async () => {
    const { gateway } = await start(recorder(true));
    const client = webSocketClient(gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    expect(calls.slice(-6)).toEqual(
      of(1, [
        'executionDidStart',
        'willResolveField Subscription.fieldingRunUpdated',
        'willResolveField FieldingRun.status',
        'willResolveField FieldingRun.version',
        'executionDidEnd true',
        'willSendResponse undefined',
      ]),
    );
    await client.dispose();
  });

  test('a subscription that fails is an operation that fails', async () => {
    const { gateway } = await start(recorder(false));
    const client = webSocketClient(gateway);
    const received = new ReceivedResults();
    client.subscribe({ query: RUN_UPDATED, variables: { id: 'wrong' } }, received.sink);
    await until(() => received.end !== undefined);
    expect(calls.slice(4)).toEqual(
      of(1, [
        'didResolveOperation subscription',
        'executionDidStart',
        'didEncounterErrors 1',
        'executionDidEnd true',
        'willSendResponse 1',
      ]),
    );
    await client.dispose();
  });

  test('a plugin whose methods are those of a class with private fields works', async () => {
    class Counter implements ApolloServerPlugin<RequestContext> {
      #events = 0;
      get events() {
        return this.#events;
      }
      requestDidStart() {
        return Promise.resolve({
          willSendResponse: () => {
            this.#events += 1;
            return Promise.resolve();
          },
        });
      }
      invalidRequestWasReceived() {
        this.#events += 10;
        return Promise.resolve();
      }
    }
    const counter = new Counter();
    const { gateway } = await start(counter);
    const client = webSocketClient(gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.runs.length === 1);
    expect(counter.events).toBe(1);
    await client.dispose();
  });

  test('a plugin that fails at an event ends the subscription, without its message', async () => {
    const { gateway } = await start({
      requestDidStart: () => Promise.resolve({ willSendResponse: () => Promise.reject(new Error('secret')) }),
      unexpectedErrorProcessingRequest: ({ error }) => record(`unexpectedError ${error.message}`),
    });
    const client = webSocketClient(gateway);
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.end !== undefined);
    expect(received.end).toMatchObject([
      {
        message: 'The gateway failed.',
        extensions: { code: 'INTERNAL_SERVER_ERROR', traceId: expect.any(String) },
      },
    ]);
    expect(calls[0]).toBe('unexpectedError secret');
    await client.dispose();
  });
});
