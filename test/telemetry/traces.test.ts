import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';
import { startLiveFixture, webSocketClient, ReceivedResults, runUpdated } from '../live/live-fixture.js';
import { accounts, READ_ACCOUNTS, READ_RUN, run, runAnswer } from '../upstream/faults/demand.js';
import { startCollector, type CollectedSpan, type Collector } from './collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let collector: Collector;
let upstream: ScriptedUpstream;
let gateway: TestGateway;
let lines: string[];

beforeEach(async () => {
  collector = await startCollector();
  upstream = await startScriptedUpstream();
  lines = [];
});
afterEach(async () => {
  await upstream.close();
  await collector.close();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  gateway = await startTestGateway({
    demandApiUrl: upstream.url,
    logger: pino({ level: 'debug' }, { write: (line: string) => lines.push(line) }),
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      DEMAND_API_RETRY_BASE_MS: '1',
      DEMAND_API_RETRY_MAX_MS: '2',
      ...env,
    },
  });
}

/** Closes the gateway, which sends what it has recorded. */
async function spansAtTheEnd(): Promise<readonly CollectedSpan[]> {
  await gateway.close();
  return collector.spans;
}

function only(spans: readonly CollectedSpan[], kind: CollectedSpan['kind']): CollectedSpan {
  const found = spans.filter((span) => span.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('a query', () => {
  test('has a span for its request, one for itself, and one for each attempt, through a retry and a 429', async () => {
    await start();
    upstream.on('GET', run.path, [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '0' } },
      runAnswer(5),
    ]);
    const { data } = await gateway.execute(
      READ_RUN,
      {},
      {
        headers: { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' },
      },
    );
    expect(data).toMatchObject({ fieldingRun: expect.anything() });
    const spans = await spansAtTheEnd();
    expect(spans.map(({ traceId }) => traceId)).toEqual(spans.map(() => TRACE));
    const server = only(spans, 'server');
    const operation = only(spans, 'internal');
    const attempts = spans.filter(({ kind }) => kind === 'client');
    expect(server).toMatchObject({
      name: 'POST /graphql',
      parentSpanId: PARENT,
      isError: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
      },
      resource: { 'service.name': 'fieldgate' },
    });
    expect(operation).toMatchObject({
      name: 'query',
      parentSpanId: server.spanId,
      isError: false,
      attributes: { 'graphql.operation.type': 'query' },
    });
    const { hostname, port } = new URL(upstream.url);
    const common = {
      'http.request.method': 'GET',
      'url.template': run.template,
      'server.address': hostname,
      'server.port': Number(port),
    };
    expect(attempts.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual(
      attempts.map(() => [`GET ${run.template}`, operation.spanId]),
    );
    expect(attempts.map(({ attributes, isError }) => ({ attributes, isError }))).toEqual([
      { attributes: { ...common, 'http.response.status_code': 503, 'error.type': '503' }, isError: true },
      {
        attributes: {
          ...common,
          'http.request.resend_count': 1,
          'http.response.status_code': 429,
          'error.type': '429',
        },
        isError: true,
      },
      {
        attributes: { ...common, 'http.request.resend_count': 2, 'http.response.status_code': 200 },
        isError: false,
      },
    ]);
    // Whoever answers continues from the span of the attempt.
    expect(upstream.requests.map(({ headers }) => [headers['traceparent'], headers['tracestate']])).toEqual(
      attempts.map(({ spanId }) => [`00-${TRACE}-${spanId}-01`, 'vendor=1']),
    );
  });

  test('has its name as an attribute, and neither its document nor its variables', async () => {
    await start();
    upstream.on('GET', '/accounts', accounts);
    await gateway.execute(
      'query Accounts($planted: Boolean = true) { accounts @include(if: $planted) { name } }',
      {
        planted: true,
      },
    );
    const operation = only(await spansAtTheEnd(), 'internal');
    expect(operation.attributes).toEqual({
      'graphql.operation.name': 'Accounts',
      'graphql.operation.type': 'query',
    });
    expect(collector.bodies.join()).not.toContain('include');
  });

  test('that starts a trace has the trace id of the log and of errors', async () => {
    await start();
    upstream.on('GET', '/accounts', { status: 401, body: {} });
    const { errors } = await gateway.execute(READ_ACCOUNTS);
    const { traceId } = errors[0]!.extensions!;
    const spans = await spansAtTheEnd();
    expect(spans).toHaveLength(3);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(only(spans, 'server').parentSpanId).toBeUndefined();
    expect(only(spans, 'internal')).toMatchObject({
      isError: true,
      attributes: { 'error.type': 'UNAUTHENTICATED' },
    });
    expect(lines.join()).toContain(`"traceId":"${String(traceId)}"`);
  });

  test('whose attempt gets no response says why', async () => {
    await start({ DEMAND_API_MAX_ATTEMPTS: '1', DEMAND_API_TIMEOUT_MS: '50' });
    upstream.on('GET', '/accounts', { fault: 'hang' });
    await gateway.execute(READ_ACCOUNTS);
    const attempt = only(await spansAtTheEnd(), 'client');
    expect(attempt).toMatchObject({ isError: true, attributes: { 'error.type': 'timed-out' } });
    expect(attempt.attributes).not.toHaveProperty('http.response.status_code');
  });

  test('that cannot be read has the span of its request', async () => {
    await start();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    const { errors } = (await response.json()) as { errors: [{ extensions: { traceId: string } }] };
    expect(await spansAtTheEnd()).toEqual([
      expect.objectContaining({
        kind: 'server',
        traceId: errors[0].extensions.traceId,
        attributes: expect.objectContaining({ 'http.response.status_code': 400 }),
      }),
    ]);
  });
});

describe('sampling', () => {
  test.each([
    ['parentbased_always_on', '01', 3],
    ['parentbased_always_on', '00', 0],
    ['always_on', '00', 3],
    ['always_off', '01', 0],
    ['traceidratio', '01', 0],
  ])('%s after flags %s', async (sampler, flags, count) => {
    await start({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' });
    upstream.on('GET', '/accounts', accounts);
    await gateway.execute(READ_ACCOUNTS, {}, { headers: { traceparent: `00-${TRACE}-${PARENT}-${flags}` } });
    expect(await spansAtTheEnd()).toHaveLength(count);
    // The trace goes on, whoever records it.
    const [, traceId, spanId, sent] = String(upstream.requests[0]!.headers['traceparent']).split('-');
    expect([traceId, sent]).toEqual([TRACE, count === 0 ? '00' : '01']);
    expect(spanId).not.toBe(PARENT);
  });
});

describe('a collector', () => {
  test.each([
    [undefined, 'application/x-protobuf'],
    ['http/protobuf', 'application/x-protobuf'],
    ['http/json', 'application/json'],
  ])('gets spans with the protocol %s as %s', async (protocol, contentType) => {
    await start(protocol === undefined ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    upstream.on('GET', '/accounts', accounts);
    await gateway.execute(READ_ACCOUNTS);
    const spans = await spansAtTheEnd();
    expect(spans.map(({ name }) => name).sort()).toEqual(['GET /accounts', 'POST /graphql', 'query']);
    const [call, request, operation] = ['GET /accounts', 'POST /graphql', 'query'].map((name) =>
      spans.find((span) => span.name === name)!,
    );
    expect(call).toMatchObject({
      traceId: request!.traceId,
      parentSpanId: operation!.spanId,
      kind: 'client',
      isError: false,
      attributes: { 'http.request.method': 'GET', 'http.response.status_code': 200 },
      resource: {
        'service.name': 'fieldgate',
        'service.instance.id': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      },
    });
    expect(collector.headers.map((headers) => headers['content-type'])).toEqual([contentType]);
  });

  test('that is down costs no operation anything, and one warning', async () => {
    await start();
    collector.answerWith(400);
    upstream.on('GET', '/accounts', accounts);
    expect((await gateway.execute(READ_ACCOUNTS)).errors).toEqual([]);
    await gateway.close();
    const warnings = lines.filter((line) => line.includes('Traces cannot be sent'));
    expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        level: 40,
        collector: `${collector.url}/v1/traces`,
        reason: 'status 400',
        spans: 3,
      }),
    ]);
  });

  test('is logged with its address, without a key in the query', async () => {
    const url = `${collector.url}/in`;
    await start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}?api-key=planted` });
    collector.answerWith(401);
    await gateway.execute('{ __typename }');
    await gateway.close();
    const warnings = lines.filter((line) => line.includes('Traces cannot be sent'));
    expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ collector: url, reason: 'status 401' }),
    ]);
    expect(lines.join('')).not.toContain('planted');
  });

  test('that does not answer does not keep the gateway from closing', async () => {
    await start();
    collector.answerWith(undefined);
    upstream.on('GET', '/accounts', accounts);
    await gateway.execute(READ_ACCOUNTS);
    await gateway.close();
    expect(collector.bodies).toHaveLength(1);
    const warnings = lines.filter((line) => line.includes('Not all traces'));
    expect(warnings.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 40, collector: `${collector.url}/v1/traces` }),
    ]);
    // Otherwise the exporter would try again for some seconds.
    collector.answerWith(400);
  });
});

test('a subscription has a span for subscribing and one for each event', async () => {
  const fixture = await startLiveFixture({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const client = webSocketClient(fixture.gateway, {
    connectionParams: { authorization: 'Bearer demo', traceparent: `00-${TRACE}-${PARENT}-01` },
  });
  try {
    const received = new ReceivedResults();
    client.subscribe(runUpdated, received.sink);
    await until(() => received.results.length >= 1);
    await fixture.change();
    await until(() => received.results.length >= 2);
  } finally {
    await client.dispose();
    await fixture.close();
  }
  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const [subscribed] = named('subscription');
  expect(subscribed).toMatchObject({
    traceId: TRACE,
    parentSpanId: PARENT,
    attributes: { 'graphql.operation.name': 'Run', 'graphql.operation.type': 'subscription' },
  });
  const ofSubscribed = { traceId: TRACE, spanId: subscribed!.spanId };
  expect(named('subscription event')).toEqual([
    expect.objectContaining({ traceId: TRACE, parentSpanId: subscribed!.spanId }),
    expect.objectContaining({ traceId: TRACE, parentSpanId: subscribed!.spanId }),
  ]);
  // The first read is part of subscribing. Polls are not: they go on for all who subscribe.
  const reads = named(`GET ${run.template}`);
  expect(reads[0]).toMatchObject({ traceId: TRACE, parentSpanId: subscribed!.spanId });
  const polls = named('subscription poll');
  const changed = polls.filter(({ attributes }) => attributes['fieldgate.poll.result'] === 'changed');
  expect(changed).toEqual([
    expect.objectContaining({
      parentSpanId: undefined,
      links: [ofSubscribed],
      attributes: { 'fieldgate.poll.resource': run.template, 'fieldgate.poll.result': 'changed' },
    }),
  ]);
  expect(new Set([TRACE, ...polls.map(({ traceId }) => traceId)]).size).toBe(polls.length + 1);
  expect(reads.slice(1).map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(
    polls.map(({ traceId, spanId }) => [traceId, spanId]),
  );
});

test('no span has more than 100 characters of a name, which a client can make as long as a request', async () => {
  const name = `N${'x'.repeat(20_000)}`;
  const fixture = await startLiveFixture({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const client = webSocketClient(fixture.gateway, { connectionParams: { authorization: 'Bearer demo' } });
  try {
    const received = new ReceivedResults();
    client.subscribe({ ...runUpdated, query: runUpdated.query.replace('Run', name) }, received.sink);
    await until(() => received.results.length >= 1);
    await fixture.gateway.execute(`query ${name} { __typename }`);
  } finally {
    await client.dispose();
    await fixture.close();
  }
  const names = collector.spans
    .filter(({ attributes }) => 'graphql.operation.name' in attributes)
    .map(({ name, attributes }) => [name, attributes['graphql.operation.name']]);
  expect(names).toEqual(
    expect.arrayContaining(
      ['subscription', 'subscription event', 'query'].map((span) => [span, name.slice(0, 100)]),
    ),
  );
  for (const body of collector.bodies) expect(body).not.toContain(name.slice(0, 101));
});

test('`OTEL_RESOURCE_ATTRIBUTES` can name the service, and `OTEL_SERVICE_NAME` comes first', async () => {
  const namedAs = async (env: Readonly<Record<string, string>>) => {
    await start(env);
    await gateway.execute('{ __typename }');
    return (await spansAtTheEnd()).at(-1)!.resource;
  };
  // OpenTelemetry's SDK reads it itself.
  process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'service.name=ours,service.namespace=shop';
  try {
    expect(await namedAs({})).toMatchObject({ 'service.name': 'ours', 'service.namespace': 'shop' });
    expect(await namedAs({ OTEL_SERVICE_NAME: 'mine' })).toMatchObject({
      'service.name': 'mine',
      'service.namespace': 'shop',
    });
  } finally {
    delete process.env['OTEL_RESOURCE_ATTRIBUTES'];
  }
});
