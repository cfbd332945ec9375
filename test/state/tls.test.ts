/** Redis over TLS, whose certificate an authority of one's own has issued: only a process that starts with it can trust it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { demo } from '../../src/emulator/index.js';
import { Processes, respondsOk } from '../drills/processes.js';
import { freePort } from '../helpers/ports.js';
import { GraphQLClient } from '../exactly-once/graphql-client.js';
import { jobDocument } from '../exactly-once/mutations.js';
import { printLine } from '../exactly-once/settings.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';

// Each gateway is a process.
jest.setTimeout(60_000);

const hasOpenssl = spawnSync('openssl', ['version']).status === 0 || process.env['CI'] === 'true';
if (!hasOpenssl) printLine('Skipping the tests of Redis over TLS: `openssl` is not installed.');
const runs = hasRedis && hasOpenssl;
const it = runs ? test : test.skip;
const processes = new Processes();
let folder: string;
let emulator: TestEmulator;
let redis: TestRedis | undefined;
let url: string;

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

beforeAll(async () => {
  if (!runs) return;
  folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
  openssl('req', '-x509', ...key, 'ca.key', '-out', 'ca.crt', '-days', '1', '-subj', '/CN=Test authority');
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl(
    'req',
    '-x509',
    ...key,
    'redis.key',
    '-out',
    'redis.crt',
    '-days',
    '1',
    '-subj',
    '/CN=redis',
    ...authority,
  );
  const port = await freePort();
  redis = await TestRedis.start({
    password: 'planted',
    settings: {
      'tls-port': String(port),
      'tls-cert-file': join(folder, 'redis.crt'),
      'tls-key-file': join(folder, 'redis.key'),
      'tls-auth-clients': 'no',
    },
  });
  url = `rediss://:planted@127.0.0.1:${port}`;
  emulator = await startTestEmulator();
});
afterAll(async () => {
  await processes.killAll();
  if (!runs) return;
  await emulator.close();
  await redis?.close();
  await rm(folder, { recursive: true });
});

async function startGateway(env: Readonly<Record<string, string>>): Promise<string> {
  const gateway = `http://127.0.0.1:${await freePort()}`;
  const settings = {
    PORT: new URL(gateway).port,
    DEMAND_API_URL: emulator.url,
    REDIS_URL: url,
    LOG_LEVEL: 'warn',
    ...env,
  };
  await processes.start([process.execPath, 'dist/main.js'], settings, () => respondsOk(`${gateway}/readyz`));
  return gateway;
}

async function redisOf(gateway: string): Promise<unknown> {
  const response = await fetch(`${gateway}/readyz`);
  return ((await response.json()) as { redis: unknown }).redis;
}

async function pause(gateway: string, { targetGroupId }: { targetGroupId: string }): Promise<unknown> {
  const client = new GraphQLClient(gateway);
  const input = {
    targetGroupIds: [[demo.accountId, demo.projectId, targetGroupId].join('/')],
    idempotencyKey: 'over-tls',
  };
  const headers = { authorization: 'Bearer demo' };
  const { data, errors } = await client.post<{ pauseTargetGroups: { userErrors: { code: string }[] } }>(
    jobDocument('pauseTargetGroups', false),
    { input },
    headers,
  );
  client.close();
  return data?.pauseTargetGroups.userErrors ?? errors;
}

it('gateways share the uses of keys over TLS', async () => {
  const trust = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt') };
  const [one, two] = await Promise.all([startGateway(trust), startGateway(trust)]);
  expect(await Promise.all([redisOf(one), redisOf(two)])).toEqual(['connected', 'connected']);
  expect(await pause(one, demo.live)).toEqual([]);
  expect(await pause(two, demo.secondLive)).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
  expect(await pause(two, demo.live)).toEqual([]);
});

it('does not connect if the certificate is not trusted', async () => {
  expect(await redisOf(await startGateway({}))).toBe('disconnected');
});
