import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from '../../drills/processes.js';
import { shareCores, type Cores } from './cores.js';

/** The command of a program, and its arguments. */
export type Command = readonly [string, ...string[]];

/** The processes of a run, each on its core where there are two cores or more, and a folder for their files. */
export class Machine {
  readonly #processes = new Processes();
  /** For what lasts as long as a run. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fieldgate-bench-'));
  /** Undefined where nothing is pinned. */
  readonly cores: Cores | undefined;
  /** All that there are, as `taskset -c` takes them. */
  readonly #allCores = allowedCores();

  /** This process, and whatever it starts without further ado, go to the cores for load. */
  constructor() {
    const cores = shareCores(this.#allCores);
    this.cores = cores !== undefined && pinned(cores.load) ? cores : undefined;
  }

  /**
   * Starts a program on the contestants' core, with this environment only, and waits until it is ready.
   *
   * @param everyCore whether it may use all cores instead
   */
  async startContestant(
    command: Command,
    env: Readonly<Record<string, string>>,
    ready: () => Promise<boolean>,
    everyCore = false,
  ): Promise<ChildProcess> {
    const cores = everyCore ? this.#allCores : this.cores?.contestants;
    return await this.#processes.start(this.#pinned(command, cores), env, ready);
  }

  /**
   * Starts programs that take as much of the contestants' core as they get, and do nothing with it.
   *
   * @returns what ends them
   */
  async startRivals(count: number): Promise<() => Promise<void>> {
    const command = this.#pinned([process.execPath, '--eval', 'for (;;);'], this.cores?.contestants);
    const rivals: ChildProcess[] = [];
    while (rivals.length < count) {
      rivals.push(await this.#processes.start(command, {}, () => Promise.resolve(true)));
    }
    return async () => {
      for (const rival of rivals) await this.end(rival, 'SIGTERM');
    };
  }

  /** Starts a program on the cores for load. */
  async startLoadSide(command: Command, ready: () => Promise<boolean>): Promise<ChildProcess> {
    return await this.#processes.start(command, {}, ready);
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    await this.#processes.end(child, signal);
  }

  #pinned(command: Command, cores: string | undefined): Command {
    return this.cores === undefined || cores === undefined ? command : ['taskset', '-c', cores, ...command];
  }

  /** Leaves no process and no file behind. */
  async close(): Promise<void> {
    await this.#processes.killAll();
    await rm(this.folder, { recursive: true });
  }
}

function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function pinned(cores: string): boolean {
  return spawnSync('taskset', ['-a', '-p', '-c', cores, String(process.pid)]).status === 0;
}
