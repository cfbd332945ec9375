import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from '../../src/main/check/check.js';
import { VERSION_NOT_ENABLED } from '../../src/upstream/http/problem.js';
import { startTestEmulator } from '../helpers/emulator.js';
import { startTestIssuer, type TestIssuer } from '../helpers/issuer.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { CLIENT, startTokenEndpoint, type TestTokenEndpoint } from '../helpers/token-endpoint.js';

const NOTHING_THERE = 'http://127.0.0.1:1';
const ACCOUNTS = { body: { accounts: [{ id: 101 }, { id: 202 }] } };
const rejection = (detail: string, object = 'authorization_error') => ({ id: 'x', object, detail });

let api: ScriptedUpstream;
let issuer: TestIssuer;
let tokens: TestTokenEndpoint;

beforeAll(async () => {
  api = await startScriptedUpstream();
  issuer = await startTestIssuer();
  tokens = await startTokenEndpoint();
});
beforeEach(() => {
  api.reset();
  issuer.setFault(undefined);
  tokens.heal();
});
afterAll(async () => {
  await Promise.all([api.close(), issuer.close(), tokens.close()]);
});

async function checked(environment: Readonly<Record<string, string>>) {
  const lines: string[] = [];
  const isWell = await check(environment, (line) => lines.push(line));
  const found: Readonly<Record<string, string>> = Object.fromEntries(
    lines.map((line) => /^\w+ +([^:]+): (.*)$/.exec(line)!.slice(1)),
  );
  const failed = lines.filter((line) => line.startsWith('failed')).map((line) => line.slice(8).split(':')[0]);
  return { isWell, lines, found, failed };
}

const serviceMode = () => ({ DEMAND_API_URL: api.url, ...issuer.env, ...tokens.credentialEnv });

describe('the settings', () => {
  test('are listed one by one, each with its variable, and no dependency is contacted', async () => {
    const { isWell, lines } = await checked({ DEMAND_API_URL: api.url, PORT: 'x', WORKERS: '0' });
    expect(isWell).toBe(false);
    expect(lines).toEqual([
      'failed  Settings: PORT must be a whole number from 0 to 65535.',
      'failed  Settings: WORKERS must be a whole number from 1 to 64.',
    ]);
    expect(api.requests).toEqual([]);
  });

  test('may leave everything out: the emulator would run', async () => {
    const { isWell, found } = await checked({});
    expect(isWell).toBe(true);
    expect(found).toEqual({
      Settings: 'All are valid, for development, as NODE_ENV is not `production`.',
      'Demand API': expect.stringContaining('the emulator would run'),
      Redis: expect.stringContaining('REDIS_URL is not set'),
    });
  });

  test('may be for production', async () => {
    api.on('GET', '/accounts', { status: 401, body: rejection('No token.') });
    const { found } = await checked({ DEMAND_API_URL: api.url, NODE_ENV: 'production' });
    expect(found['Settings']).toBe('All are valid, for production.');
  });

  test('may make the emulator the issuer', async () => {
    const { isWell, found } = await checked({ AUTH_MODE: 'service' });
    expect(isWell).toBe(true);
    expect(found['Demand API']).toContain('issuer');
  });
});

describe('the safelist', () => {
  const VALID = { a: '{ accounts { id } }' };

  async function checkedWith(text: string | undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'check-'));
    const SAFELIST_FILE = join(folder, 'documents.json');
    try {
      if (text !== undefined) await writeFile(SAFELIST_FILE, text);
      const { failed, found } = await checked({ SAFELIST_FILE, SAFELIST_MODE: 'enforce' });
      return { failed, found: found['Safelist']!.replace(SAFELIST_FILE, 'FILE') };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test('is read', async () => {
    expect(await checkedWith(JSON.stringify(VALID))).toEqual({
      failed: [],
      found: 'FILE has 1 documents, all valid for the schema.',
    });
  });

  test.each([
    ['is absent', undefined, 'cannot be used: it cannot be read: ENOENT. Check SAFELIST_FILE.'],
    ['is no JSON', '{', 'cannot be used: '],
    [
      'has documents for another schema',
      JSON.stringify({ ...VALID, b: '{ nope }' }),
      '1 documents that would be rejected, of 2: b (',
    ],
  ])('is not well if it %s', async (_name, text, reason) => {
    const { failed, found } = await checkedWith(text);
    expect([failed, found]).toEqual([['Safelist'], expect.stringContaining(reason)]);
  });
});

describe('the Demand API, with credentials of callers', () => {
  test('answers 401 to a call without one, which is well', async () => {
    api.on('GET', '/accounts', { status: 401, body: rejection('No token.') });
    const { isWell, found } = await checked({ DEMAND_API_URL: api.url });
    expect(isWell).toBe(true);
    expect(found['Demand API']).toContain(`${api.url} answers, with 401`);
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]!.headers).toMatchObject({
      'cint-api-version': '2025-12-18',
      authorization: expect.stringMatching(/^Bearer fieldgate-check-/),
    });
  });

  test('is found in the emulator', async () => {
    const emulator = await startTestEmulator();
    try {
      expect((await checked({ DEMAND_API_URL: emulator.url })).isWell).toBe(true);
    } finally {
      await emulator.close();
    }
  });

  test.each([
    ['a version that is not enabled', 403, rejection('Version not enabled.'), 'DEMAND_API_VERSION'],
    ['another path', 404, 'no such page', 'the path of DEMAND_API_URL'],
    ['an API that fails', 500, '', 'is unavailable'],
    ['another server', 200, '<html>', 'it is not the Demand API'],
    ['a redirect', 302, '', 'Check DEMAND_API_URL'],
  ])('is not well with %s', async (_name, status, body, advice) => {
    api.on('GET', '/accounts', { status, body });
    const { isWell, found, failed } = await checked({ DEMAND_API_URL: api.url });
    expect([isWell, failed]).toEqual([false, ['Demand API']]);
    expect(found['Demand API']).toContain(String(status === 200 ? advice : status));
    expect(found['Demand API']).toContain(advice);
    expect(api.requests).toHaveLength(1);
  });

  test('is not well where nothing listens', async () => {
    const { failed, found } = await checked({ DEMAND_API_URL: `${NOTHING_THERE}/v1` });
    expect(failed).toEqual(['Demand API']);
    expect(found['Demand API']).toContain('cannot be reached (ECONNREFUSED)');
  });

  test('is abandoned after a deadline', async () => {
    api.on('GET', '/accounts', { fault: 'hang' });
    const { failed, found } = await checked({ DEMAND_API_URL: api.url });
    expect(failed).toEqual(['Demand API']);
    expect(found['Demand API']).toContain('did not answer within 5000 ms');
  });
});

describe("with the gateway's own credential", () => {
  test('the token endpoint, the API and the issuer are asked once', async () => {
    api.on('GET', '/accounts', ACCOUNTS);
    const before = tokens.requests().length;
    const { isWell, found, lines } = await checked(serviceMode());
    expect(isWell).toBe(true);
    expect(found).toMatchObject({
      'Token endpoint': `${tokens.url} issued an access token for 3600 s.`,
      'Demand API': `${api.url} answers in version 2025-12-18. The gateway's credential has 2 accounts.`,
      'Keys of the issuer': `${issuer.url}/ has 1 of them, for the tokens of callers.`,
    });
    expect(lines).toHaveLength(5);
    expect(tokens.requests()).toHaveLength(before + 1);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${tokens.issued().at(-1)!}`,
    ]);
  });

  test.each([
    [403, rejection('API version 2025-12-18 is not enabled.'), VERSION_NOT_ENABLED],
    [401, rejection('Wrong audience.'), 'UPSTREAM_OAUTH_AUDIENCE'],
    [200, { projects: [] }, 'no list of accounts'],
  ])('an API that answers %i is not well', async (status, body, advice) => {
    api.on('GET', '/accounts', { status, body });
    const { failed, found } = await checked(serviceMode());
    expect(failed).toEqual(['Demand API']);
    expect(found['Demand API']).toContain(advice);
  });

  test('the API is not tried without a token, and the rest is', async () => {
    tokens.respond({ status: 401, body: { error: 'invalid_client' } });
    const { failed, found } = await checked(serviceMode());
    expect(failed).toEqual(['Token endpoint', 'Demand API']);
    expect(found['Token endpoint']).toContain('status 401: invalid_client');
    expect(found['Keys of the issuer']).toContain('has 1');
    expect(api.requests).toEqual([]);
  });

  test('a token endpoint that cannot be reached is reported in plain words', async () => {
    const { found } = await checked({ ...serviceMode(), UPSTREAM_OAUTH_TOKEN_URL: `${NOTHING_THERE}/token` });
    expect(found['Token endpoint']).toContain('issued no token: it cannot be reached. Check');
  });

  test('an issuer without keys is not well', async () => {
    api.on('GET', '/accounts', ACCOUNTS);
    issuer.setFault('text');
    const { failed, found } = await checked(serviceMode());
    expect(failed).toEqual(['Keys of the issuer']);
    expect(found['Keys of the issuer']).toContain('JWT_ISSUER');
  });
});

(hasRedis ? describe : describe.skip)('Redis', () => {
  const env = (redis: TestRedis) => ({ REDIS_URL: redis.url, DEMAND_API_URL: '' });

  test('passes if it answers, and is left unchanged', async () => {
    const redis = await TestRedis.start({ password: 'planted-password' });
    try {
      const { isWell, found } = await checked(env(redis));
      expect(isWell).toBe(true);
      expect(found['Redis']).toBe(`redis://127.0.0.1:${redis.port}/0 answers.`);
      expect(await redis.command('DBSIZE')).toBe(0);
    } finally {
      await redis.close();
    }
  });

  test('is not well if it evicts keys', async () => {
    const redis = await TestRedis.start({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
    try {
      const { failed, found } = await checked(env(redis));
      expect(failed).toEqual(['Redis']);
      expect(found['Redis']).toContain('noeviction');
    } finally {
      await redis.close();
    }
  });

  test('fails with a wrong password, which is not shown', async () => {
    const redis = await TestRedis.start({ password: 'right' });
    try {
      const { failed, found } = await checked({ REDIS_URL: `redis://:planted@127.0.0.1:${redis.port}` });
      expect(failed).toEqual(['Redis']);
      expect(found['Redis']).toMatch(/WRONGPASS.*[^.]\. Check REDIS_URL\.$/);
      expect(found['Redis']).not.toContain('planted');
    } finally {
      await redis.close();
    }
  });
});

describe('the program', () => {
  const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

  async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: tmpdir(), env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (output += text.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  test('exits with 0 where all is well, and with 1 where something is not', async () => {
    api.on('GET', '/accounts', ACCOUNTS);
    const well = await run(['--check'], serviceMode());
    expect(well.output.split('\n').filter((line) => line !== '')).toHaveLength(5);
    expect(well.output).not.toContain('failed');
    expect(well.code).toBe(0);
    const ill = await run(['--check'], { ...serviceMode(), REDIS_URL: 'redis://:planted-pw@127.0.0.1:1' });
    expect(ill.output).toContain('failed  Redis: redis://127.0.0.1:1/0 cannot be used');
    expect(ill.code).toBe(1);
    for (const secret of [CLIENT.secret, 'planted', ...tokens.issued()]) {
      expect(well.output + ill.output).not.toContain(secret);
    }
  });

  test('rejects other options, and starts nothing', async () => {
    const { code, output } = await run(['--chek'], { PORT: '0' });
    expect(code).toBe(1);
    expect(output).toBe(
      "Unknown option '--chek' The only option is --check. Settings are in the environment.\n",
    );
  });
});
