import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { executor } from '../helpers/executor.js';
import { startTestProxy, type TestProxy } from '../helpers/proxy.js';
import { NO_REDIS_URL } from '../helpers/redis.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { selfSigned } from '../lib/http1/certificate.js';

/** The program as it was built, in a process of its own. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** To start a process takes its time. */
const TIMEOUT_MS = 60_000;

interface Program {
  /** Its next line of log that `fits`. */
  line(
    fits: (line: Readonly<Record<string, unknown>>) => boolean,
  ): Promise<Readonly<Record<string, unknown>>>;
  stop(signal: NodeJS.Signals): void;
  /** How it ended, and all that it wrote. */
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

const running = new Set<() => void>();

afterEach(() => {
  for (const kill of running) kill();
});

/** Starts it with nothing of this process's environment but for the executor. */
function run(env: Readonly<Record<string, string>>, flags: readonly string[] = []): Program {
  if (!existsSync(MAIN)) throw new Error('Run `npm run build` first.');
  const child = spawn(process.execPath, [...flags, MAIN], {
    // Without a `.env`.
    cwd: tmpdir(),
    env: { ...executor, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  running.add(kill);
  const output = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  const lines = createInterface(child.stdout);

  return {
    line: (fits) =>
      new Promise((resolve, reject) => {
        const read = (text: string) => {
          const line = JSON.parse(text) as Record<string, unknown>;
          if (fits(line)) resolve(line);
        };
        lines.on('line', read);
        lines.once('close', () => {
          reject(new Error(`It ended without that line: ${output.stderr}${output.stdout}`));
        });
      }),
    stop: (signal) => child.kill(signal),
    ended: once(child, 'close').then(([code]: unknown[]) => {
      running.delete(kill);
      return { code: code as number | null, ...output };
    }),
  };
}

test.each([
  ['PORT', 'eighty'],
  ['DEMAND_API_URL', 'not a url'],
  ['LOG_LEVEL', 'loud'],
])(
  '%s=%s ends it with 1 and one line that names the variable',
  async (name, value) => {
    const { code, stdout, stderr } = await run({ [name]: value }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${name} [^\n]+\n$`));
  },
  TIMEOUT_MS,
);

test.each<[string, Readonly<Record<string, string>>]>([
  ['', {}],
  [' of two workers', { WORKERS: '2', REDIS_URL: NO_REDIS_URL }],
])(
  'exits with 1 and one line if the safelist%s cannot be used',
  async (_, env) => {
    const upstream = await startScriptedUpstream();
    const safelist = { SAFELIST_FILE: '/no/safelist.json', SAFELIST_MODE: 'enforce' };
    const program = run({
      PORT: '0',
      DEMAND_API_URL: upstream.url,
      LOG_LEVEL: 'silent',
      ...safelist,
      ...env,
    });
    const { code, stderr } = await program.ended;
    expect(code).toBe(1);
    expect(stderr).toBe('SAFELIST_FILE=/no/safelist.json cannot be used: it cannot be read: ENOENT\n');
    await upstream.close();
  },
  TIMEOUT_MS,
);

test(
  'exits with 1 and one line if the port is taken',
  async () => {
    const upstream = await startScriptedUpstream();
    try {
      const { port } = new URL(upstream.url);
      const { code, stderr } = await run({ PORT: port, DEMAND_API_URL: upstream.url }).ended;
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(port)]);
    } finally {
      await upstream.close();
    }
  },
  TIMEOUT_MS,
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  'fronts the API of DEMAND_API_URL alone, and exits with 0 on %s',
  async (signal) => {
    const upstream = await startScriptedUpstream();
    try {
      upstream.on('GET', '/accounts', { body: { accounts: [{ id: 7, name: 'Seven' }] } });
      const program = run({ PORT: '0', EMULATOR_PORT: '1', DEMAND_API_URL: upstream.url });
      const { url } = await program.line((line) => 'url' in line);
      expect(await accounts(String(url))).toMatchObject({ data: { accounts: [{ id: '7', name: 'Seven' }] } });
      expect(upstream.requests.map(({ path }) => path)).toEqual(['/v1/accounts']);

      program.stop(signal);
      const { code, stdout, stderr } = await program.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toMatch(/emulator/i);
      expect(stdout).not.toContain('secret-token');
    } finally {
      await upstream.close();
    }
  },
  TIMEOUT_MS,
);

test(
  'runs an emulator without DEMAND_API_URL, and exits with 0 on SIGTERM',
  async () => {
    const program = run({ PORT: '0', EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' });
    const { url } = await program.line(({ url: at }) => String(at).endsWith('/graphql'));
    expect(await accounts(String(url), 'demo')).toMatchObject({
      data: { accounts: [{ id: '101', name: 'Northwind Insights' }] },
    });
    program.stop('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
  },
  TIMEOUT_MS,
);

test.each([
  [{}, true],
  [{ EMULATOR_SIMULATE: 'off' }, false],
] as const)(
  'with %j, respondents answer beside the gateway: %j',
  async (env, running) => {
    const program = run({ PORT: '0', EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:', ...env });
    const { control } = await program.line((line) => 'control' in line);
    const simulator = await fetch(`${String(control)}/simulator`);
    expect(await simulator.json()).toMatchObject({ running });
  },
  TIMEOUT_MS,
);

/** A module that sends the process a signal as soon as it listens for that signal. */
const signalling = (signal: NodeJS.Signals) => `data:text/javascript,
  process.on('newListener', (name) => {
    if (name === '${signal}') setImmediate(() => process.kill(process.pid, '${signal}'));
  });`;

test.each([
  ['SIGTERM', '1'],
  ['SIGINT', '1'],
  ['SIGTERM', '2'],
] as const)(
  '%s ends it with 0 while it starts, too (WORKERS=%s)',
  async (signal, workers) => {
    // It says nothing, so that the start waits for it.
    const redis = createTcpServer().listen(0, '127.0.0.1');
    await once(redis, 'listening');
    const env = {
      PORT: '0',
      WORKERS: workers,
      REDIS_URL: `redis://127.0.0.1:${(redis.address() as AddressInfo).port}/0`,
      DEMAND_API_URL: 'http://127.0.0.1:1/v1',
    };
    const { code, stdout, stderr } = await run(env, ['--import', signalling(signal)]).ended;
    redis.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Closing');
    expect(stdout).not.toContain('is ready');
  },
  TIMEOUT_MS,
);

describe('behind a proxy', () => {
  const secret = 'proxy-secret';
  let proxy: TestProxy;
  let proxies: Readonly<Record<string, string>>;

  beforeEach(async () => {
    proxy = await startTestProxy();
    const url = `http://user:${secret}@127.0.0.1:${proxy.port}`;
    proxies = { HTTP_PROXY: url, HTTPS_PROXY: url };
  });
  afterEach(() => proxy.close());

  /** Starts the program, asks it once, and ends it. */
  async function ask(env: Readonly<Record<string, string>>, token?: string) {
    const program = run({ PORT: '0', ...proxies, ...env });
    const { url } = await program.line(({ url: at }) => String(at).endsWith('/graphql'));
    const answer = await accounts(String(url), token);
    program.stop('SIGTERM');
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of [stdout, JSON.stringify(answer)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(`user:${secret}`).toString('base64'));
    }
    return { answer, stdout };
  }

  test.each(['http1', 'undici', 'node-fetch'])(
    'an API on HTTP is called through it, whatever the transport: %s',
    async (transport) => {
      const upstream = await startScriptedUpstream();
      upstream.on('GET', '/accounts', { body: { accounts: [{ id: 7, name: 'Seven' }] } });
      const env = { DEMAND_API_URL: upstream.url, DEMAND_API_TRANSPORT: transport };
      const { answer, stdout } = await ask(env);
      expect(answer).toMatchObject({ data: { accounts: [{ id: '7', name: 'Seven' }] } });
      expect(proxy.requests).toEqual([`GET ${upstream.url}/accounts`]);
      expect(stdout).toMatch(/"proxy":"http:\/\/127[^\n]* go through a proxy/);

      expect((await ask({ ...env, NO_PROXY: '127.0.0.1' })).stdout).not.toContain('proxy');
      expect(proxy.requests).toHaveLength(1);
      expect(upstream.requests).toHaveLength(2);
      await upstream.close();
    },
    TIMEOUT_MS,
  );

  test(
    'one on HTTPS is called through a tunnel',
    async () => {
      const { key, cert } = selfSigned('localhost');
      const upstream = createServer({ key, cert }, (_request, response) => {
        response.end('{"accounts":[{"id":7,"name":"Seven"}]}');
      });
      await once(upstream.listen(0, 'localhost'), 'listening');
      const { port } = upstream.address() as AddressInfo;
      const folder = await mkdtemp(join(tmpdir(), 'fieldgate-'));
      await writeFile(join(folder, 'ca.pem'), cert);
      const env = {
        DEMAND_API_URL: `https://localhost:${port}/v1`,
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      };
      expect((await ask(env)).answer).toMatchObject({ data: { accounts: [{ id: '7', name: 'Seven' }] } });
      expect(proxy.requests).toEqual([`CONNECT localhost:${port}`]);

      proxy.refuse(407);
      const { answer } = await ask({ ...env, DEMAND_API_MAX_ATTEMPTS: '1' });
      expect(answer).toMatchObject({
        errors: [
          { message: 'The Demand API cannot be reached.', extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
        ],
      });
      await rm(folder, { recursive: true });
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    },
    TIMEOUT_MS,
  );

  test(
    'the emulator is called directly',
    async () => {
      const { answer } = await ask({ EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' }, 'demo');
      expect(answer).toMatchObject({ data: { accounts: [{ id: '101', name: 'Northwind Insights' }] } });
      expect(proxy.requests).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

async function accounts(url: string, token = 'secret-token'): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ accounts { id name } }' }),
  });
  return await response.json();
}
