import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { accounts } from '../upstream/faults/demand.js';

const NAMED = 'query Names { accounts { name } }';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  upstream.on('GET', '/accounts', accounts);
  lines = [];
});
afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

async function start(level: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  gateway = await startTestGateway({ demandApiUrl: upstream.url, logger: pino({ level }, { write }), env });
}

function operations(): readonly Record<string, unknown>[] {
  return lines.filter(({ msg }) => /operation (?:has ended|was slow)/.test(String(msg)));
}

test('an operation is logged at `debug`, with its name, ids and cost', async () => {
  await start('debug');
  await gateway.execute(
    NAMED,
    {},
    {
      headers: {
        'x-request-id': 'req-7',
        traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`,
        'apollographql-client-name': 'web',
      },
    },
  );
  expect(operations()).toEqual([
    {
      level: 20,
      time: expect.any(Number),
      pid: expect.any(Number),
      hostname: expect.any(String),
      msg: 'An operation has ended.',
      traceId: 'ab'.repeat(16),
      requestId: 'req-7',
      operationName: 'Names',
      operationType: 'query',
      client: 'web',
      outcome: 'ok',
      durationMs: expect.any(Number),
      upstreamCalls: 1,
    },
  ]);
});

test('the trace id of an error leads to the line of its operation', async () => {
  await start('debug');
  const { errors } = await gateway.execute('{ nothing }');
  expect(operations()).toEqual([
    expect.objectContaining({
      traceId: errors[0]!.extensions!['traceId'],
      outcome: 'GRAPHQL_VALIDATION_FAILED',
    }),
  ]);
});

test('a request id that could be anything is left out', async () => {
  await start('debug');
  await gateway.execute(NAMED, {}, { headers: { 'x-request-id': 'a b"' } });
  expect(operations()).toEqual([expect.not.objectContaining({ requestId: expect.anything() })]);
});

test('a slow operation is logged as a warning, and others are not logged at `info`', async () => {
  await start('info', { SLOW_OPERATION_MS: '200' });
  await gateway.execute('query Quick { __typename }');
  expect(operations()).toEqual([]);
  upstream.on('GET', '/accounts', { ...accounts, delayMs: 250 });
  await gateway.execute(NAMED);
  expect(operations()).toEqual([
    expect.objectContaining({ level: 40, msg: 'An operation was slow.', operationName: 'Names' }),
  ]);
});

test('with 0, none is slow', async () => {
  await start('info', { SLOW_OPERATION_MS: '0' });
  upstream.on('GET', '/accounts', { ...accounts, delayMs: 20 });
  await gateway.execute(NAMED);
  expect(operations()).toEqual([]);
});

test('no line has more than 100 characters of a name, which a client can make as long as a request', async () => {
  const name = `N${'x'.repeat(100_000)}`;
  await start('debug', { SLOW_OPERATION_MS: '0', MAX_COST: '1', COST_MODE: 'measure' });
  const headers = { 'apollographql-client-name': 'c'.repeat(5000) };
  await gateway.execute(`query ${name} { accounts { name } }`, {}, { headers });
  const named = lines.filter((line) => 'operationName' in line);
  expect(named.map(({ msg, operationName }) => [msg, operationName])).toEqual([
    ['An operation costs more than MAX_COST.', name.slice(0, 100)],
    ['An operation has ended.', name.slice(0, 100)],
  ]);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(1000);
});
