import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { executor } from '../helpers/executor.js';
import { NO_REDIS_URL } from '../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';
import { until } from '../helpers/until.js';
import { CREATE_JOB, creation, READ_ACCOUNTS, READ_RUN, run } from '../upstream/faults/demand.js';
import { event, signatureOf } from '../webhooks/delivery.js';
import { startCollector, type Collector } from './collector.js';

/** To start processes takes its time on a busy machine. */
jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Throws where nobody catches it. */
const CRASH = `process.on('SIGUSR2', () => { setImmediate(() => { throw new Error('A defect.'); }); });`;
const CALLER = 'planted-caller-token';
const WEBHOOK = Buffer.from('planted-webhook-secret-planted').toString('base64');

const FORWARD = {
  REDIS_URL: NO_REDIS_URL.replace('redis://', 'redis://planted-user:planted-redis-password@'),
  WEBHOOK_SECRET: WEBHOOK,
};
const SERVICE = {
  AUTH_MODE: 'service',
  JWT_ISSUER: 'http://127.0.0.1:9',
  JWT_AUDIENCE: 'fieldgate',
  IDEMPOTENCY_HMAC_KEY: 'planted-hmac-key'.repeat(3),
  UPSTREAM_OAUTH_PARAMS: 'vendor_key=planted-parameter',
};

let upstream: ScriptedUpstream;
let tokens: TestTokenEndpoint;
let collector: Collector;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  tokens = await startTokenEndpoint();
  collector = await startCollector();
  const echo = ({ headers: { authorization = '' } }) => ({
    status: 500,
    body: { detail: `Not with ${authorization}`, id: authorization },
  });
  upstream.on('GET', '/accounts', [{ fault: 'reset' }, { fault: 'truncate' }]);
  upstream.on('GET', run.path, echo);
  upstream.on('POST', creation.replace('POST ', ''), echo);
});
afterAll(async () => {
  await upstream.close();
  await tokens.close();
  await collector.close();
});

/** What the program writes, and what it answers, while all that can fail does. */
async function everythingPrinted(
  env: Readonly<Record<string, string>>,
  end: NodeJS.Signals,
): Promise<string> {
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${CRASH}`, MAIN], {
    cwd: tmpdir(),
    env: {
      ...executor,
      PORT: '0',
      METRICS_PORT: '0',
      LOG_LEVEL: 'trace',
      SLOW_OPERATION_MS: '1',
      DEMAND_API_URL: upstream.url,
      DEMAND_API_RETRY_BASE_MS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=planted-collector-key',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  try {
    await until(() => output.includes('Fieldgate is ready.') || child.exitCode !== null);
    if (child.exitCode !== null) return output;
    const [, url] = /"url":"(http[^"]*)\/graphql"/.exec(output)!;
    const [, metrics] = /"metrics":"([^"]*)"/.exec(output)!;
    const answers: string[] = [];
    for (const query of [READ_ACCOUNTS, READ_RUN, CREATE_JOB, '{ nothing(token: "planted-argument") }']) {
      const response = await fetch(`${url!}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${CALLER}`,
          cookie: 'session=planted-cookie',
        },
        body: JSON.stringify({ query, variables: { key: 'a-key' } }),
      });
      answers.push(await response.text());
    }
    const body = JSON.stringify(event);
    for (const signature of [signatureOf(body, WEBHOOK), 't=1,v1=planted-signature']) {
      await fetch(`${url!}/webhooks/demand`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json', 'cint-signature': signature },
        body,
      });
    }
    const scraped = await (await fetch(metrics!)).text();
    expect(scraped).toContain('fieldgate_operations_total{');
    child.kill(end);
    await closed;
    return [output, scraped, ...answers].join('\n');
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}

/** What of the secrets is in a text, with what stands around it. */
function plantedIn(text: string): readonly string[] {
  return text.match(/.{0,80}(?:planted|cGxhbnRlZ).{0,80}/gi) ?? [];
}

test.each([
  ['forwarded tokens, a Redis that is down and webhooks', FORWARD, 'SIGTERM'],
  ['a credential of the gateway', SERVICE, 'SIGTERM'],
  ['a crash', { ...FORWARD, REDIS_URL: '' }, 'SIGUSR2'],
] as const)('no secret is written with %s', async (_, env, end) => {
  const isService = 'AUTH_MODE' in env;
  const output = await everythingPrinted({ ...(isService && tokens.env), ...env }, end);
  expect(output).toContain('"level":');
  if (end === 'SIGUSR2') expect(output).toContain('A defect.');
  // What the trace and the answers must have, so that there was something to find.
  if (!isService) expect(output).toContain('Fieldgate is ready.');
  expect(plantedIn(output + collector.bodies.join('\n'))).toEqual([]);
});

test.each([
  ['REDIS_URL', 'redis://planted-user:planted%zz@127.0.0.1'],
  ['REDIS_URL', 'planted-redis-password'],
  ['WEBHOOK_SECRET', 'planted'],
  ['HTTPS_PROXY', 'ftp://planted:planted@127.0.0.1'],
  ['DEMAND_API_URL', 'https://planted:planted@127.0.0.1'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://planted:planted@127.0.0.1'],
])('the message about a wrong %s does not repeat it', async (name, value) => {
  const output = await everythingPrinted({ [name]: value }, 'SIGTERM');
  expect(output).toContain(name);
  expect(plantedIn(output)).toEqual([]);
});

test('the collector got spans, and its key', () => {
  expect(collector.spans.some(({ name }) => name === 'mutation')).toBe(true);
  expect(collector.headers[0]).toMatchObject({ 'api-key': 'planted-collector-key' });
});
