/** Plugins of Apollo Server see every operation, whatever its transport, as they do in Apollo Server itself. */
import { createHash } from 'node:crypto';
import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContextWillSendResponse,
  type GraphQLRequestListener,
} from '@apollo/server';
import { GraphQLError, type ValidationRule } from 'graphql';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import type { RequestContext } from '../../src/context.js';
import { demo } from '../../src/emulator/index.js';
import { createSchema } from '../../src/graphql/schema.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { postText } from '../helpers/http-text.js';
import { openRaw } from '../helpers/raw-client.js';
import { until } from '../helpers/until.js';
import { ReceivedResults, webSocketClient } from '../live/live-fixture.js';

const id = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}/${demo.live.fieldingRunId}`;
const RUN = `query Run($id: ID!) { fieldingRun(id: $id) { status version } }`;

interface Recorder {
  readonly plugin: ApolloServerPlugin<RequestContext>;
  /** The names of the hooks that were called, with what they were given, since this was last called. */
  take(): string[];
  /** The context of the last operation. */
  readonly context: () => RequestContext | undefined;
}

/** A plugin that records each hook. @param fields whether it observes resolvers, too */
function recorder(fields: boolean): Recorder {
  let calls: string[] = [];
  let context: RequestContext | undefined;
  const record = (call: string) => {
    calls.push(call);
    return Promise.resolve();
  };
  const plugin: ApolloServerPlugin<RequestContext> = {
    invalidRequestWasReceived: () => record('invalidRequestWasReceived'),
    contextCreationDidFail: () => record('contextCreationDidFail'),
    unexpectedErrorProcessingRequest: () => record('unexpectedErrorProcessingRequest'),
    async requestDidStart({ request: { http, operationName }, contextValue, requestIsBatched }) {
      context = contextValue;
      const recordWithMethod = (call: string) => record(`${call} by ${http?.method}`);
      await record(
        `requestDidStart ${http?.method} ${http?.headers.get('x-name') ?? ''} ${operationName ?? ''} ${requestIsBatched}`,
      );
      return {
        didResolveSource: ({ queryHash, metrics }) =>
          recordWithMethod(`didResolveSource ${queryHash.length} ${metrics.persistedQueryHit}`),
        async parsingDidStart() {
          await recordWithMethod('parsingDidStart');
          return (error) => recordWithMethod(`parsingDidEnd ${error === undefined}`);
        },
        async validationDidStart({ document }) {
          await recordWithMethod(`validationDidStart ${document.definitions.length}`);
          return (errors) => recordWithMethod(`validationDidEnd ${errors?.length ?? 0}`);
        },
        didResolveOperation: ({ operation }) =>
          recordWithMethod(`didResolveOperation ${operation?.operation}`),
        didEncounterErrors: ({ errors }) => recordWithMethod(`didEncounterErrors ${errors.length}`),
        async responseForOperation() {
          await record('responseForOperation');
          return null;
        },
        async executionDidStart() {
          await record('executionDidStart');
          return {
            executionDidEnd: (error) => record(`executionDidEnd ${error === undefined}`),
            ...(fields && {
              willResolveField({ info }) {
                void record(`willResolveField ${info.parentType.name}.${info.fieldName}`);
                return (error) => void record(`didResolveField ${info.fieldName} ${error === null}`);
              },
            }),
          };
        },
        willSendResponse: ({ response: { body } }) =>
          record(`willSendResponse ${body.kind === 'single' && body.singleResult.errors?.length}`),
      };
    },
  };
  return {
    plugin,
    take: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    context: () => context,
  };
}

interface Request {
  /** Default: `POST`. Transports other than HTTP have none. */
  readonly method?: 'GET' | 'POST';
  /** Whether it is no message of the protocol for WebSockets, which closes the connection. */
  readonly isNoMessage?: boolean;
  readonly body: Operation | readonly Operation[];
}

type Operation = Readonly<Record<string, unknown>>;

function isList(body: Request['body']): body is readonly Operation[] {
  return Array.isArray(body);
}

type Transport = keyof typeof ACCEPT | 'WebSocket';
const ACCEPT = {
  JSON: 'application/json',
  'Server-Sent Events': 'text/event-stream',
  multipart: 'multipart/mixed;subscriptionSpec=1.0',
} as const;
const TRANSPORTS: readonly Transport[] = ['JSON', 'Server-Sent Events', 'multipart', 'WebSocket'];

class WebSocketWithHeader extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { headers: { 'x-name': 'n' } });
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (query: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(query) } });

/** The rejection of a document that the gateway rejects because of a limit that Apollo Server does not have. */
const rejectsMarked: ValidationRule = (context) => {
  if (context.getDocument().loc?.source.body.startsWith(MARK))
    context.reportError(new GraphQLError('It exceeds a limit.'));
  return {};
};
const MARK = '# exceeds a limit';
const nested = (field: string, levels: number) => `${`{ ${field} `.repeat(levels)}${'}'.repeat(levels)}`;

const REQUESTS: readonly [string, Request][] = [
  ['a query', { body: { query: RUN, operationName: 'Run', variables: { id } } }],
  ['a query by GET', { method: 'GET', body: { query: RUN, variables: { id } } }],
  ['a query of nothing but its type', { body: { query: '{ __typename }' } }],
  ['a query that fails', { body: { query: RUN, variables: { id: 'wrong' } } }],
  ['a document that cannot be parsed', { body: { query: '{' } }],
  ['a document that is not valid', { body: { query: '{ wrong }' } }],
  [
    'a document that is too deep',
    {
      body: {
        query: `${MARK}\n{ __type(name: "Query") ${nested('ofType', 60).replace('ofType }', 'name }')} }`,
      },
    },
  ],
  [
    'a document that has too many aliases',
    {
      body: {
        query: `${MARK}\n{ ${Array.from({ length: 150 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
      },
    },
  ],
  ['a document that is too deep to be parsed', { body: { query: nested('a', 7000) } }],
  ['a document that has too many tokens', { body: { query: `{ ${'a '.repeat(15_000)} }` } }],
  ['an unknown operation', { body: { query: RUN, operationName: 'Other', variables: { id } } }],
  ['a missing variable', { body: { query: RUN } }],
  [
    'a mutation',
    {
      body: {
        query: `mutation { pauseFieldingRun(input: { id: "${id}", version: "0" }) { userErrors { code } } }`,
      },
    },
  ],
  ['a mutation by GET', { method: 'GET', body: { query: 'mutation { __typename }' } }],
  ['an unknown persisted query', { body: { extensions: persisted('{ __typename }') } }],
  ['a persisted query with a wrong hash', { body: { query: '{ __typename }', extensions: persisted('x') } }],
  [
    'a persisted query that is registered',
    { body: { query: '{ a: __typename }', extensions: persisted('{ a: __typename }') } },
  ],
  ['a persisted query that is known', { body: { extensions: persisted('{ a: __typename }') } }],
  ['a known persisted query by GET', { method: 'GET', body: { extensions: persisted('{ a: __typename }') } }],
  [
    'a persisted query of another version',
    { body: { query: '{ __typename }', extensions: { persistedQuery: { version: 2, sha256Hash: 'x' } } } },
  ],
  ['a query that is no text', { isNoMessage: true, body: { query: 5 } }],
  ['variables that are no object', { isNoMessage: true, body: { query: RUN, variables: 5 } }],
  ['variables by GET that are no JSON', { method: 'GET', body: { query: RUN, variables: '{' } }],
  ['an operation name that is no text', { isNoMessage: true, body: { query: RUN, operationName: 5 } }],
  ['extensions that are no object', { isNoMessage: true, body: { query: RUN, extensions: 5 } }],
  ['a batch', { body: [{ query: RUN, variables: { id } }, { query: '{ __typename }' }] }],
  ['a batch with an invalid document', { body: [{ query: '{ wrong }' }, { query: '{ __typename }' }] }],
  ['a batch without operations', { body: [] }],
  ['no operation', { body: { query: '' } }],
];

/** Only JSON over HTTP has batches with results. */
function canCarry(transport: Transport, { method, isNoMessage = false, body }: Request): boolean {
  if (transport === 'WebSocket') return method !== 'GET' && !isNoMessage && !isList(body);
  return transport === 'JSON' || !isList(body) || body.length === 0;
}

const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer demo', 'x-name': 'n' };
const searchOf = (body: Request['body']) =>
  `?${new URLSearchParams(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )}`;

/** Sends a request to the gateway, and reads the response. */
async function send(
  gateway: TestGateway,
  transport: Transport,
  { method = 'POST', body }: Request,
): Promise<void> {
  if (transport === 'WebSocket') {
    const client = webSocketClient(gateway, { webSocketImpl: WebSocketWithHeader });
    const received = new ReceivedResults();
    client.subscribe(Object.assign({ query: '' }, body), received.sink);
    await until(() => received.end !== undefined);
    await client.dispose();
    return;
  }
  const response = await fetch(`${gateway.url}/graphql${method === 'GET' ? searchOf(body) : ''}`, {
    method,
    headers: { ...HEADERS, accept: ACCEPT[transport] },
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  await response.text();
}

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

describe.each(['planned', 'graphql-js'])('With the %s executor, a plugin', (executor) => {
  describe.each([false, true])('that observes resolvers: %s', (fields) => {
    const ours = recorder(fields);
    const reference = recorder(fields);
    let gateway: TestGateway;
    let apollo: ApolloServer<RequestContext>;

    beforeAll(async () => {
      gateway = await startTestGateway({
        demandApiUrl: emulator.url,
        plugins: [ours.plugin],
        env: { GRAPHQL_EXECUTION: executor, MAX_BATCH_SIZE: '5' },
      });
      apollo = new ApolloServer({
        schema: createSchema(),
        plugins: [reference.plugin],
        parseOptions: { maxLexicalTokens: 15_000 },
        validationRules: [rejectsMarked],
        allowBatchedHttpRequests: true,
        stopOnTerminationSignals: false,
      });
      await apollo.start();
    });
    afterAll(async () => {
      await gateway.close();
      await apollo.stop();
    });

    /** Has both execute a request. @returns the hooks that each called */
    async function both(transport: Transport, request: Request) {
      const { method = 'POST', body } = request;
      await send(gateway, transport, request);
      const contextValue = ours.context();
      await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method,
          headers: new HeaderMap(Object.entries(HEADERS)),
          search: method === 'GET' ? searchOf(body) : '',
          body: method === 'POST' ? body : undefined,
        },
        context: () =>
          contextValue === undefined
            ? Promise.reject(new Error('The gateway made no context.'))
            : Promise.resolve(contextValue),
      });
      return { ours: ours.take(), reference: reference.take() };
    }

    describe.each(TRANSPORTS)('over %s', (transport) => {
      test.each(REQUESTS.filter(([, request]) => canCarry(transport, request)))(
        'sees %s as in Apollo Server, the first and the second time',
        async (_, request) => {
          for (let time = 0; time < 2; time += 1) {
            const seen = await both(transport, request);
            // Operations of a batch are executed at the same time.
            if (isList(request.body)) [seen.ours, seen.reference].forEach((calls) => calls.sort());
            expect(seen.ours).toEqual(seen.reference);
            expect(seen.ours).not.toEqual([]);
          }
        },
      );
    });
  });

  test('can reject an operation each time', async () => {
    const plugin: ApolloServerPlugin<RequestContext> = {
      requestDidStart: () =>
        Promise.resolve({
          didResolveOperation: ({ request: { variables } }) =>
            variables?.['id'] === id
              ? Promise.reject(new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } }))
              : Promise.resolve(),
        }),
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    await emulator.control.forgetRequests();
    const codes: unknown[] = [];
    for (const variable of ['x', id, 'x', id, id]) {
      const { errors } = await gateway.execute(RUN, { id: variable });
      codes.push(errors[0]?.extensions?.['code']);
    }
    expect(codes).toEqual(['BAD_USER_INPUT', 'FORBIDDEN', 'BAD_USER_INPUT', 'FORBIDDEN', 'FORBIDDEN']);
    expect(await emulator.control.requests()).toEqual([]);
    await gateway.close();
  });

  test.each<[string, string]>([
    ['a query', '{ __typename }'],
    ['a subscription', 'subscription { fieldingRunUpdated(id: "101/p/t/r") { status } }'],
  ])('sees that a rate limit rejects %s', async (_, query) => {
    const seen = recorder(false);
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [seen.plugin],
      env: { GRAPHQL_EXECUTION: executor, RATE_LIMIT_COST_PER_MINUTE: '1' },
    });
    await gateway.execute('{ __typename }');
    seen.take();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer demo',
        accept: 'text/event-stream, application/json',
      },
      body: JSON.stringify({ query }),
    });
    expect([response.status, await response.text()]).toEqual([429, expect.stringContaining('RATE_LIMITED')]);
    expect(seen.take().slice(-6)).toEqual([
      expect.stringMatching(/^didResolveOperation/),
      'responseForOperation',
      'executionDidStart',
      'didEncounterErrors 1 by POST',
      'executionDidEnd true',
      'willSendResponse 1',
    ]);
    await gateway.close();
  });

  test.each<[string, GraphQLRequestListener<RequestContext>]>([
    [
      'responds itself',
      {
        responseForOperation: () =>
          Promise.resolve({
            http: { headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { data: {} } },
          }),
      },
    ],
    ['rejects operations', { didResolveOperation: () => Promise.reject(new GraphQLError('No.')) }],
    ['fails before execution', { executionDidStart: () => Promise.reject(new Error('No.')) }],
  ])('that %s costs the caller nothing', async (_, listener) => {
    let isActive = true;
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [{ requestDidStart: () => Promise.resolve(isActive ? listener : undefined) }],
      env: { GRAPHQL_EXECUTION: executor, RATE_LIMIT_COST_PER_MINUTE: '1' },
    });
    for (let count = 0; count < 3; count += 1) {
      expect((await gateway.execute('{ __typename }')).status).not.toBe(429);
    }
    isActive = false;
    expect((await gateway.execute('{ __typename }')).status).toBe(200);
    expect((await gateway.execute('{ __typename }')).status).toBe(429);
    await gateway.close();
  });

  describe('that sets what a response cannot have', () => {
    type Response = GraphQLRequestContextWillSendResponse<RequestContext>['response'];
    const setting: readonly (readonly [string, string, (response: Response) => void])[] = [
      ...[99, 103, 204, 205, 304, 600, 200.5, Number.NaN].map(
        (status) =>
          [
            `the status ${status}`,
            `the status ${status}`,
            ({ http }: Response) => void (http.status = status),
          ] as const,
      ),
      ...[
        ['x-name', 'a\nb'],
        ['x name', 'a'],
        ['transfer-encoding', 'chunked'],
        ['content-length', '1'],
        ['trailer', 'x'],
        ['content-encoding', 'gzip'],
      ].map(
        ([name = '', value = '']) =>
          [
            `the header ${name}`,
            `the header "${name}"`,
            ({ http }: Response) => void http.headers.set(name, value),
          ] as const,
      ),
      [
        'extensions that JSON cannot hold',
        'the extensions of the result',
        ({ body }) => {
          if (body.kind === 'single') body.singleResult.extensions = { count: 1n };
        },
      ],
    ];
    const lines: { readonly level: number; readonly msg: string; readonly traceId?: string }[] = [];
    const logger = pino(
      { level: 'error' },
      { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
    );
    let set: (response: Response) => void = () => undefined;
    const plugin: ApolloServerPlugin<RequestContext> = {
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse({ response }) {
            set(response);
            response.http.headers.set('x-valid', 'a');
            return Promise.resolve();
          },
        }),
    };
    const PAUSE = `mutation ($version: Version!) { pauseFieldingRun(input: { id: "${id}", version: $version }) { fieldingRun { status } userErrors { code } } }`;
    const PAUSED = { pauseFieldingRun: { fieldingRun: { status: 'PAUSED' }, userErrors: [] } };
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const defect = (part: string) => [
      {
        level: 50,
        traceId,
        msg: `A plugin has set ${part}, which the response cannot have. The result was sent without.`,
      },
    ];
    let gateway: TestGateway;

    beforeAll(async () => {
      gateway = await startTestGateway({
        demandApiUrl: emulator.url,
        plugins: [plugin],
        logger,
        env: { GRAPHQL_EXECUTION: executor },
      });
    });
    afterAll(() => gateway.close());
    beforeEach(() => emulator.control.reset());
    afterEach(() => {
      set = () => undefined;
      lines.length = 0;
    });

    async function version(): Promise<unknown> {
      const { data } = await gateway.execute<{ fieldingRun: { version: string } }, object>(RUN, { id });
      return data?.fieldingRun.version;
    }

    test.each(setting)(
      '%s: the result of a mutation arrives, and the defect is logged once',
      async (_, part, setter) => {
        const variables = { version: await version() };
        set = setter;
        const signal = AbortSignal.timeout(30_000);
        const { status, headers, data, errors } = await gateway.execute(PAUSE, variables, {
          signal,
          headers: { traceparent },
        });
        expect({ status, valid: headers.get('x-valid'), data, errors }).toEqual({
          status: 200,
          valid: 'a',
          data: PAUSED,
          errors: [],
        });
        expect(lines).toMatchObject(defect(part));
      },
    );

    test('all at once: the defects are logged in one line', async () => {
      const variables = { version: await version() };
      set = (response) => {
        for (const [, , setter] of setting) setter(response);
      };
      expect(await gateway.execute(PAUSE, variables)).toMatchObject({ status: 200, data: PAUSED });
      expect(lines.map(({ msg }) => msg)).toEqual([
        expect.stringMatching(
          /set the header "x-name", .*, the status NaN, the extensions of the result, which/,
        ),
      ]);
    });

    test('over WebSocket: status and headers are not looked at, because none are sent', async () => {
      const client = createClient({
        url: `${gateway.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: 'Bearer demo', traceparent },
      });
      const run = async (query: string, variables: Record<string, unknown>) => {
        for await (const result of client.iterate({ query, variables })) return result;
        return undefined;
      };
      const variables = { version: await version() };
      set = ({ http }) => {
        http.status = 204;
        http.headers.set('x name', 'a');
      };
      expect(await run(PAUSE, variables)).toMatchObject({ data: PAUSED });
      expect(lines).toEqual([]);
      set = ({ body }) => {
        if (body.kind === 'single') body.singleResult.extensions = { count: 1n };
      };
      expect(await run('{ __typename }', {})).toEqual({ data: { __typename: 'Query' } });
      expect(lines).toMatchObject(defect('the extensions of the result'));
      await client.dispose();
    });

    test('a rejected operation is answered as a rejection', async () => {
      set = ({ http }) => void (http.status = 204);
      expect(await gateway.execute('{ wrong }')).toMatchObject({
        status: 500,
        errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      });
    });
  });

  test('can set the status and headers of a response', async () => {
    const plugin: ApolloServerPlugin<RequestContext> = {
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse({ response: { http } }) {
            http.status = 418;
            http.headers.set('x-name', 'value');
            return Promise.resolve();
          },
        }),
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    const { status, headers, data } = await gateway.execute('{ __typename }');
    expect({ status, header: headers.get('x-name'), data }).toEqual({
      status: 418,
      header: 'value',
      data: { __typename: 'Query' },
    });
    await gateway.close();
  });

  test('sees requests that are rejected before they are understood, and cannot change their responses', async () => {
    const seen: string[] = [];
    const plugin: ApolloServerPlugin<RequestContext> = {
      invalidRequestWasReceived({ error }) {
        seen.push(error.message);
        return Promise.reject(new Error('secret'));
      },
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    const url = `${gateway.url}/graphql`;
    const post = (headers: Readonly<Record<string, string>>, body: string) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    const responses = await Promise.all([
      fetch(`${url}?query={__typename}`),
      post({ accept: 'text/css' }, '{}'),
      post({ 'content-type': 'text/plain' }, '{}'),
      post({ 'content-type': 'application/json, text/plain' }, '{}'),
      post({ 'content-type': 'application/json charset=x' }, '{}'),
      post({ 'content-type': 'garbage' }, '{}'),
      post({ 'content-type': '' }, '{}'),
      post({}, '{'),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([400, 406, 415, 415, 415, 415, 415, 400]);
    expect(seen.sort()).toEqual([
      expect.stringMatching(/^A query by `GET`/),
      expect.stringMatching(/^The `Accept` header/),
      ...Array<unknown>(5).fill(expect.stringMatching(/^The `Content-Type`/)),
      expect.stringMatching(/^The body of the request is not valid JSON/),
    ]);
    const metrics = await fetch(`${gateway.url}/metrics`);
    expect(await metrics.text()).toMatch(/^fieldgate_operations_total\{.*outcome="BAD_USER_INPUT".*\} 8$/m);
    await gateway.close();
  });

  test('is not told of a request whose client disconnects before it has arrived', async () => {
    const seen: string[] = [];
    const plugin: ApolloServerPlugin<RequestContext> = {
      invalidRequestWasReceived: ({ error }) => Promise.resolve(void seen.push(error.message)),
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    const client = await openRaw(gateway.url);
    client.send(postText().slice(0, -5));
    await gateway.execute('{ __typename }');
    client.close();
    await until(async () => {
      const metrics = await fetch(`${gateway.url}/metrics`);
      return (await metrics.text()).includes('outcome="CLIENT_GONE"');
    });
    expect(seen).toEqual([]);
    await gateway.close();
  });

  test('sees the request as HTTP', async () => {
    const seen: unknown[] = [];
    const plugin: ApolloServerPlugin<RequestContext> = {
      requestDidStart({ request: { http } }) {
        seen.push([http?.method, http?.search, http?.body, http?.headers.get('x-name')]);
        return Promise.resolve();
      },
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    await gateway.execute('{ __typename }', {}, { headers: { 'x-name': 'a' } });
    const search = '?query={__typename}';
    await fetch(`${gateway.url}/graphql${search}`, { headers: { authorization: 'a', 'x-name': 'b' } });
    expect(seen).toEqual([
      ['POST', '', { query: '{ __typename }', variables: {} }, 'a'],
      ['GET', search, undefined, 'b'],
    ]);
    await gateway.close();
  });

  test('that fails is reported as a defect of the gateway, without its message', async () => {
    const plugin: ApolloServerPlugin<RequestContext> = {
      requestDidStart: () => Promise.reject(new Error('secret')),
    };
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [plugin],
      env: { GRAPHQL_EXECUTION: executor },
    });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { status, errors } = await gateway.execute('{ __typename }', {}, { headers: { traceparent } });
    expect({ status, errors }).toEqual({
      status: 500,
      errors: [
        {
          message: 'The gateway failed.',
          extensions: {
            code: 'INTERNAL_SERVER_ERROR',
            retryable: false,
            traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
          },
        },
      ],
    });
    await gateway.close();
  });
});

describe.each(TRANSPORTS)('Over %s, a plugin', (transport) => {
  const record = (calls: string[]): ApolloServerPlugin<RequestContext> => ({
    invalidRequestWasReceived: () => Promise.resolve(void calls.push('invalidRequestWasReceived')),
    contextCreationDidFail: ({ error }) =>
      Promise.resolve(void calls.push(`contextCreationDidFail ${error.message}`)),
    unexpectedErrorProcessingRequest: ({ error, requestContext: { request } }) =>
      Promise.resolve(void calls.push(`unexpectedErrorProcessingRequest ${error.message} ${request.query}`)),
  });

  /** Has Apollo Server execute the same request. */
  async function executeByApollo(
    plugins: ApolloServerPlugin<RequestContext>[],
    context: () => Promise<RequestContext>,
  ): Promise<void> {
    const logger = { debug: noop, info: noop, warn: noop, error: noop };
    const apollo = new ApolloServer({
      schema: createSchema(),
      plugins,
      logger,
      stopOnTerminationSignals: false,
    });
    await apollo.start();
    await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap(Object.entries(HEADERS)),
        search: '',
        body: QUERY,
      },
      context,
    });
    await apollo.stop();
  }
  const noop = () => undefined;
  const QUERY = { query: '{ __typename }' };

  test.each<[string, ApolloServerPlugin<RequestContext>]>([
    ['requestDidStart', { requestDidStart: () => Promise.reject(new Error('Failed.')) }],
    ...(['didResolveSource', 'parsingDidStart', 'executionDidStart', 'willSendResponse'] as const).map(
      (hook): [string, ApolloServerPlugin<RequestContext>] => [
        hook,
        { requestDidStart: () => Promise.resolve({ [hook]: () => Promise.reject(new Error('Failed.')) }) },
      ],
    ),
  ])('sees that another fails in %s, as in Apollo Server', async (_, failing) => {
    const [ours, reference]: [string[], string[]] = [[], []];
    const gateway = await startTestGateway({ demandApiUrl: emulator.url, plugins: [record(ours), failing] });
    await send(gateway, transport, { body: QUERY });
    await gateway.close();
    await executeByApollo([record(reference), failing], () => Promise.resolve({} as RequestContext));
    expect(ours).toEqual(reference);
    expect(ours).toEqual([expect.stringContaining('unexpectedErrorProcessingRequest Failed.')]);
  });

  test('sees that a caller is not authenticated, as in Apollo Server', async () => {
    const [ours, reference]: [string[], string[]] = [[], []];
    const fail = () => Promise.reject(new Error('No caller.'));
    const gateway = await startTestGateway({
      demandApiUrl: emulator.url,
      plugins: [record(ours)],
      authenticate: fail,
    });
    await send(gateway, transport, { body: QUERY });
    await gateway.close();
    await executeByApollo([record(reference)], fail);
    expect(ours).toEqual(reference);
    expect(ours).toEqual(['contextCreationDidFail No caller.']);
  });
});

describe('The life of the server', () => {
  /** A plugin that records its hooks. @param starts whether the server can start */
  const recordLife = (calls: string[], starts: boolean): ApolloServerPlugin<RequestContext> => {
    const record = (call: string) => Promise.resolve(void calls.push(call));
    return {
      async serverWillStart({ schema, startedInBackground }) {
        await record(`serverWillStart ${schema.getQueryType()?.name} ${startedInBackground}`);
        if (!starts) throw new Error('It cannot start.');
        return {
          schemaDidLoadOrUpdate: ({ apiSchema, coreSupergraphSdl }) =>
            void record(`schemaDidLoadOrUpdate ${apiSchema.getQueryType()?.name} ${!coreSupergraphSdl}`),
          drainServer: () => record('drainServer'),
          serverWillStop: () => record('serverWillStop'),
        };
      },
      startupDidFail: ({ error }) => record(`startupDidFail ${error.message}`),
    };
  };

  test.each([true, false])('is that of Apollo Server to plugins, if it can start: %s', async (starts) => {
    const [ours, reference]: [string[], string[]] = [[], []];
    const starting = startTestGateway({ demandApiUrl: emulator.url, plugins: [recordLife(ours, starts)] });
    const apollo = new ApolloServer({
      schema: createSchema(),
      plugins: [recordLife(reference, starts)],
      stopOnTerminationSignals: false,
    });
    if (starts) {
      await (await starting).close();
      await apollo.start();
      await apollo.stop();
    } else {
      await expect(starting).rejects.toThrow('It cannot start.');
      await expect(apollo.start()).rejects.toThrow('It cannot start.');
    }
    expect(ours).toEqual(reference);
    expect(ours).toHaveLength(starts ? 4 : 2);
  });
});

describe.each(['development', 'production'])('In %s', (environment) => {
  const withPages = (...pages: (string | (() => Promise<string>))[]) =>
    startTestGateway({
      demandApiUrl: emulator.url,
      env: { NODE_ENV: environment },
      plugins: pages.map((html) => ({
        serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html }) }),
      })),
    });
  const browse = (gateway: TestGateway) =>
    fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html,*/*;q=0.8' } });

  test.each<[string, string | (() => Promise<string>)]>([
    ['once', '<p>Hello</p>'],
    ['each time', () => Promise.resolve('<p>Hello</p>')],
  ])('the page of a plugin that renders it %s is the page for browsers', async (_, html) => {
    const gateway = await withPages(html);
    const page = await browse(gateway);
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<p>Hello</p>',
    ]);
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    expect((await gateway.execute('{ __typename }')).data).toEqual({ __typename: 'Query' });
    await gateway.close();
  });

  test('a page that a plugin fails to render is a failure of the gateway, without its message', async () => {
    const gateway = await withPages(() => Promise.reject(new Error('secret')));
    const page = await browse(gateway);
    expect(page.status).toBe(500);
    expect(await page.text()).not.toContain('secret');
    await gateway.close();
  });

  test('only one plugin may have a page', async () => {
    await expect(withPages('a', 'b')).rejects.toThrow('Only one plugin can implement renderLandingPage.');
  });
});
