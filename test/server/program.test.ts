import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { executor } from '../helpers/executor.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';

/** The program as it was built, in a process of its own. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** To start a process takes its time. */
const TIMEOUT_MS = 30_000;

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
function run(env: Readonly<Record<string, string>>): Program {
  if (!existsSync(MAIN)) throw new Error('Run `npm run build` first.');
  const child = spawn(process.execPath, [MAIN], {
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

test(
  'a port that is taken ends it with 1 and one line',
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
  'with DEMAND_API_URL it fronts that API alone, until %s ends it with 0',
  async (signal) => {
    const upstream = await startScriptedUpstream();
    try {
      upstream.on('GET', '/accounts', { body: { accounts: [{ id: 7, name: 'Seven' }] } });
      const program = run({ PORT: '0', EMULATOR_PORT: '1', DEMAND_API_URL: upstream.url });
      const { url } = await program.line((line) => 'url' in line);
      expect(await accounts(String(url))).toEqual({ data: { accounts: [{ id: '7', name: 'Seven' }] } });
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
  'without it an emulator runs beside it, until SIGTERM ends both with 0',
  async () => {
    const program = run({ PORT: '0', EMULATOR_PORT: '0', EMULATOR_DATA: ':memory:' });
    const { url } = await program.line(({ url: at }) => String(at).endsWith('/graphql'));
    expect(await accounts(String(url), 'demo')).toEqual({
      data: { accounts: [{ id: '101', name: 'Northwind Insights' }] },
    });
    program.stop('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
  },
  TIMEOUT_MS,
);

async function accounts(url: string, token = 'secret-token'): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ accounts { id name } }' }),
  });
  return await response.json();
}
