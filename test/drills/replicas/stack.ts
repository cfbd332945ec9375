import { execFile, execFileSync, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../deploy/files.js';
import { EmulatorControl } from '../../helpers/emulator.js';
import { executor } from '../../helpers/executor.js';
import { Processes } from '../processes.js';

const PROGRAMS = ['nginx', 'redis-server'];

/** The programs that `compose.yaml` needs, beside those that are built here, and that are not installed. */
export const missing: readonly string[] = PROGRAMS.filter(
  (program) => spawnSync(program, ['-v']).error !== undefined,
);

/** Between two health checks: each starts a program. */
const HEALTH_INTERVAL_MS = 500;

/** A busy machine must not fail the drill. */
const GATEWAY_ENV = { ...executor, LOG_LEVEL: 'warn', OVERLOAD_WAIT_MS: '0', REDIS_TIMEOUT_MS: '5000' };

interface Service {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly health: readonly [string, ...string[]];
}

interface Plan {
  readonly url: string;
  readonly services: readonly Service[];
}

/** The containers of `compose.yaml` as processes, on a network of loopback addresses of its own. Close it. */
export class Stack {
  readonly #processes = new Processes();
  readonly #running = new Map<string, ChildProcess>();

  private constructor(
    private readonly plan: Plan,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'replicas-'));
    const network = `127.${randomInt(1, 255)}.${randomInt(256)}`;
    const options = ['--folder', folder, '--network', network, '--publish', `${network}.1`];
    const script = join(ROOT, 'scripts/compose/plan.mjs');
    const plan = JSON.parse(
      execFileSync(process.execPath, [script, ...options], { encoding: 'utf8' }),
    ) as Plan;
    const stack = new Stack(plan, folder);
    try {
      for (const { name } of plan.services) await stack.up(name);
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  /** Where clients connect: nginx, without a path. */
  get url(): string {
    return this.plan.url;
  }

  get gateways(): readonly string[] {
    return this.plan.services.map(({ name }) => name).filter((name) => name.startsWith('gateway-'));
  }

  /** The Demand API's base, which tests call past the gateways. */
  get emulator(): { readonly url: string; readonly control: EmulatorControl } {
    const url = this.#service(this.gateways[0]!).env['DEMAND_API_URL']!;
    return { url, control: new EmulatorControl(new URL('/__emulator', url).href) };
  }

  /** Starts a container and waits until it is healthy, as `docker compose up --wait` does. */
  async up(name: string): Promise<void> {
    const { command, env, health } = this.#service(name);
    const settings = name.startsWith('gateway-') ? { ...env, ...GATEWAY_ENV } : env;
    const child = await this.#processes.start(withNode(command), settings, () => isHealthy(health, env));
    this.#running.set(name, child);
  }

  /** Ends a container. @returns its exit code, or the signal that ended it */
  async end(name: string, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    return await this.#processes.end(this.#running.get(name)!, signal);
  }

  async close(): Promise<void> {
    // nginx's workers would survive a SIGKILL of the process that started them.
    if (this.#running.has('nginx')) await this.end('nginx', 'SIGTERM');
    await this.#processes.killAll();
    await rm(this.folder, { recursive: true });
  }

  #service(name: string): Service {
    return this.plan.services.find((each) => each.name === name)!;
  }
}

function withNode([program, ...flags]: Service['command']): [string, ...string[]] {
  return [program === 'node' ? process.execPath : program, ...flags];
}

async function isHealthy(health: Service['health'], env: Service['env']): Promise<boolean> {
  await sleep(HEALTH_INTERVAL_MS);
  const [program, ...flags] = withNode(health);
  return await new Promise((resolve) => {
    execFile(program, flags, { env: { PATH: process.env['PATH'], ...env } }, (error) => {
      resolve(error === null);
    });
  });
}
