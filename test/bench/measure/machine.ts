import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from '../../drills/processes.js';
import { shareCores, type Cores } from './cores.js';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** The processes of a benchmark, pinned to cores if there are two or more, and a folder for their files. */
export class Machine {
  readonly #processes = new Processes();
  /** A temporary folder. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fieldgate-bench-'));
  /** Undefined if nothing is pinned. */
  readonly cores: Cores | undefined;
  /** All available cores, in `taskset -c` syntax. */
  readonly #allCores = allowedCores();

  /** Pins this process and its children to the load's cores. */
  constructor() {
    const cores = shareCores(this.#allCores);
    this.cores = cores !== undefined && pinned(cores.load) ? cores : undefined;
  }

  /**
   * Starts a program on the contestants' core with only this environment, and waits until it is ready.
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
   * Starts programs that compete for the contestants' core.
   *
   * @returns a function that stops them
   */
  async startBusyLoops(count: number): Promise<() => Promise<void>> {
    const command = this.#pinned([process.execPath, '--eval', 'for (;;);'], this.cores?.contestants);
    const rivals: ChildProcess[] = [];
    while (rivals.length < count) {
      rivals.push(await this.#processes.start(command, {}, () => Promise.resolve(true)));
    }
    return async () => {
      for (const rival of rivals) await this.end(rival, 'SIGTERM');
    };
  }

  /** Starts a program on the load's cores. */
  async startLoadSide(command: Command, ready: () => Promise<boolean>): Promise<ChildProcess> {
    return await this.#processes.start(command, {}, ready);
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    await this.#processes.end(child, signal);
  }

  #pinned(command: Command, cores: string | undefined): Command {
    return this.cores === undefined || cores === undefined ? command : ['taskset', '-c', cores, ...command];
  }

  /** Stops all processes and deletes all files. */
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
