/** The spans of what is not an operation over HTTP: polls, deliveries, requests for tokens; and what has none. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTokenEndpoint } from '../helpers/token-endpoint.js';
import { until } from '../helpers/until.js';
import { FAST_POLLING, runUpdated, ReceivedResults, webSocketClient } from '../live/live-fixture.js';
import { accounts, READ_ACCOUNTS, run, runAnswer } from '../upstream/faults/demand.js';
import { event, SECRET, signatureOf } from '../webhooks/delivery.js';
import { startCollector, type CollectedSpan, type Collector } from './collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

let collector: Collector;
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  collector = await startCollector();
  upstream = await startScriptedUpstream();
});
afterEach(async () => {
  await upstream.close();
  await collector.close();
});

async function start(
  env: Readonly<Record<string, string>> = {},
  options: Pick<TestGatewayOptions, 'authenticate'> = {},
): Promise<void> {
  gateway = await startTestGateway({
    ...options,
    demandApiUrl: upstream.url,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, DEMAND_API_RETRY_BASE_MS: '1', ...env },
  });
}

/** Closes the gateway, which sends what it has recorded. */
async function spansAtTheEnd(): Promise<readonly CollectedSpan[]> {
  await gateway.close();
  return collector.spans;
}

test('a poll that fails says why, and has the spans of its attempts', async () => {
  await start({ ...FAST_POLLING, DEMAND_API_MAX_ATTEMPTS: '2' });
  upstream.on('GET', run.path, [runAnswer(5), { status: 503 }, { status: 503 }, runAnswer(6)]);
  const client = webSocketClient(gateway);
  const received = new ReceivedResults();
  client.subscribe({ ...runUpdated, variables: { id: run.id } }, received.sink);
  await until(() => received.results.length >= 2);
  await client.dispose();
  const spans = await spansAtTheEnd();
  const failed = spans.filter(({ name, isError }) => name === 'subscription poll' && isError);
  expect(failed).toEqual([
    expect.objectContaining({
      attributes: {
        'fieldgate.poll.resource': run.template,
        'fieldgate.poll.result': 'failed',
        'error.type': 'UNAVAILABLE',
      },
    }),
  ]);
  const attempts = spans.filter(({ parentSpanId }) => parentSpanId === failed[0]!.spanId);
  expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1]);
});

test('a delivery of a webhook has the span of its request, with its result', async () => {
  await start({ WEBHOOK_SECRET: SECRET });
  const body = JSON.stringify(event);
  const deliver = (signature: string) =>
    fetch(`${gateway.url}/webhooks/demand`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'cint-signature': signature,
        traceparent: `00-${TRACE}-${PARENT}-01`,
      },
      body,
    });
  await deliver(signatureOf(body));
  const rejected = (await (await deliver('nonsense')).json()) as { errors: [{ extensions: object }] };
  expect(rejected.errors[0].extensions).toMatchObject({ traceId: TRACE });
  const common = {
    'http.request.method': 'POST',
    'http.route': '/webhooks/demand',
    'url.path': '/webhooks/demand',
    'url.scheme': 'http',
    'network.protocol.version': '1.1',
  };
  const span = (result: string, status: number) => ({
    name: 'POST /webhooks/demand',
    kind: 'server',
    traceId: TRACE,
    parentSpanId: PARENT,
    isError: false,
    attributes: { ...common, 'http.response.status_code': status, 'fieldgate.webhook.result': result },
  });
  expect(await spansAtTheEnd()).toMatchObject([span('accepted', 204), span('signature-malformed', 401)]);
  expect(collector.bodies.join()).not.toContain(event.id);
});

test('a rejected delivery that is the first of its trace has the trace id of its span', async () => {
  await start({ WEBHOOK_SECRET: SECRET });
  const response = await fetch(`${gateway.url}/webhooks/demand`, { method: 'POST', body: 'text' });
  const { errors } = (await response.json()) as { errors: [{ extensions: { traceId: string } }] };
  expect(await spansAtTheEnd()).toMatchObject([
    { traceId: errors[0].extensions.traceId, attributes: { 'http.response.status_code': 415 } },
  ]);
});

test('a token request has a span in its own trace, without secrets', async () => {
  const tokens = await startTokenEndpoint();
  tokens.respond((nth) => (nth === 0 ? { status: 503 } : tokens.token()));
  const { UPSTREAM_OAUTH_TOKEN_URL = '' } = tokens.env;
  await start(
    { ...tokens.env, UPSTREAM_OAUTH_TOKEN_URL: `${UPSTREAM_OAUTH_TOKEN_URL}?key=planted` },
    { authenticate: () => ({ key: 'caller', grants: undefined, authorization: undefined }) },
  );
  upstream.on('GET', '/accounts', accounts);
  await until(async () => (await gateway.execute(READ_ACCOUNTS)).errors.length === 0);
  const { hostname, port } = new URL(tokens.url);
  const common = {
    'http.request.method': 'POST',
    'url.template': '/v1/token',
    'server.address': hostname,
    'server.port': Number(port),
  };
  const sent = tokens.requests().map(({ headers }) => headers['traceparent']);
  await tokens.close();
  const spans = (await spansAtTheEnd()).filter(({ name }) => name === 'POST /v1/token');
  expect(spans).toMatchObject([
    {
      kind: 'client',
      parentSpanId: undefined,
      isError: true,
      attributes: { ...common, 'http.response.status_code': 503, 'error.type': '503' },
    },
    {
      kind: 'client',
      parentSpanId: undefined,
      isError: false,
      attributes: { ...common, 'http.response.status_code': 200 },
    },
  ]);
  expect(sent).toEqual(spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  expect(collector.bodies.join()).not.toContain('planted');
});

test('health checks, metrics, explorers and unknown paths have no spans', async () => {
  await start();
  for (const path of ['/healthz', '/readyz', '/metrics', '/graphiql', '/nothing']) {
    await (await fetch(gateway.url + path)).text();
  }
  await (await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } })).text();
  expect(await spansAtTheEnd()).toEqual([]);
});
