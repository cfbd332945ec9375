import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { until } from './until.js';

/** Whether tests can have a Redis. CI must have one, so that there they fail instead of being skipped. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0 || process.env['CI'] === 'true';
if (!hasRedis) {
  process.stdout.write(
    'Skipping tests with Redis: `redis-server` is not installed (apt-get install redis-server).\n',
  );
}

/** A `REDIS_URL` where nothing listens, for tests to which it does not matter whether state is shared. */
export const NO_REDIS_URL = 'redis://127.0.0.1:1';

export interface TestRedisOptions {
  /** Default: one that no log may show. */
  readonly password?: string;
  /** More settings, e.g. `maxmemory-policy`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A Redis server of a test, on a port of its own, which keeps nothing on disk. Close it. */
export class TestRedis {
  readonly port: number;
  readonly #folder: string;
  readonly #options: Required<TestRedisOptions>;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, options: Required<TestRedisOptions>) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  static async start({
    password = 'planted-redis-password',
    settings = {},
  }: TestRedisOptions = {}): Promise<TestRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const redis = new TestRedis(await freePort(), folder, { password, settings });
    await redis.start();
    return redis;
  }

  /** For `REDIS_URL`. */
  get url(): string {
    const { password } = this.#options;
    return `redis://:${encodeURIComponent(password)}@127.0.0.1:${this.port}`;
  }

  /** Starts it, empty, on the same port as before. */
  async start(): Promise<void> {
    const { password, settings } = this.#options;
    const all = {
      port: String(this.port),
      bind: '127.0.0.1',
      save: '',
      appendonly: 'no',
      dir: this.#folder,
      requirepass: password,
      ...settings,
    };
    const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    // Rejects if there is no such program.
    await once(child, 'spawn');
    this.#process = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    await until(() => {
      if (child.exitCode !== null) throw new Error(`redis-server exited: ${output}`);
      return output.includes('Ready to accept connections');
    });
  }

  /** Ends it at once, with all that it had. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Lets it hang: it keeps its connections, and replies to nothing. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends one command on a connection of its own. */
  async command(...args: string[]): Promise<unknown> {
    // Most tests need no client of Redis, which takes a while to load.
    const { createClient } = await import('redis');
    const client = createClient({ url: this.url });
    try {
      await client.connect();
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
