import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { executor } from './executor.js';
import { Connection } from './connection.js';

/** The program as `npm run build` made it. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Workers get connections in turn, but not always: a busy one is left out. */
const MAX_CONNECTS = 100;

export type Line = Readonly<Record<string, unknown>>;

/** The program with workers, in a group of processes of its own. None of it outlives {@link killAll}. */
export class Program {
  static readonly #running = new Set<Program>();

  readonly #child: ChildProcess;
  readonly #lines: Line[] = [];
  readonly #ended: Promise<unknown>;
  #stderr = '';

  /**
   * @param env all of its environment but for the executor; by default any free port, and no warnings of slow operations
   * @param flags what stands before the script
   */
  constructor(env: Readonly<Record<string, string>>, flags: readonly string[] = []) {
    if (!existsSync(MAIN)) throw new Error('Run `npm run build` first.');
    this.#child = spawn(process.execPath, [...flags, MAIN], {
      // Without a `.env`.
      cwd: tmpdir(),
      // On a busy machine any operation may be slow, and a warning would say so.
      env: { PORT: '0', SLOW_OPERATION_MS: '0', ...executor, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    Program.#running.add(this);
    this.#ended = once(this.#child, 'close');
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
    createInterface(this.#child.stdout!).on('line', (line) => this.#lines.push(JSON.parse(line) as Line));
  }

  /** Kills what is left of all programs, their workers included. */
  static async killAll(): Promise<void> {
    for (const program of Program.#running) {
      program.signalGroup('SIGKILL');
      await program.#ended;
    }
    Program.#running.clear();
  }

  /** Every line that it has logged so far. */
  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** Where it listens, once it is ready. */
  async url(): Promise<string> {
    const { url } = await this.line(({ msg }) => msg === 'Fieldgate is ready.');
    return String(url).replace('/graphql', '');
  }

  /** The processes of workers that have been ready, in the order in which they were. */
  get workers(): readonly number[] {
    return this.#lines.filter(({ msg }) => msg === 'A worker is ready.').map(({ pid }) => Number(pid));
  }

  /** Waits until so many workers have been ready. */
  async untilWorkers(count: number): Promise<void> {
    await this.#until(() => this.workers.length >= count);
  }

  /** The first line that fits, whether it has come or will come. */
  async line(fits: (line: Line) => boolean): Promise<Line> {
    await this.#until(() => this.#lines.some(fits));
    return this.#lines.find(fits)!;
  }

  /** A connection to one of the workers, which has been used once. */
  async connect(worker: number): Promise<Connection> {
    const url = await this.url();
    for (let attempt = 0; attempt < MAX_CONNECTS; attempt += 1) {
      const connection = new Connection(url);
      await connection.get('/healthz');
      if (holdsConnection(worker, Number(new URL(url).port), connection.localPort)) return connection;
      connection.close();
    }
    throw new Error(`Worker ${worker} gets no connections.`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** As a terminal does on Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal);
    } catch {
      // All of them have ended.
    }
  }

  /** Waits for the end of it and all its workers. */
  async end(): Promise<{ code: number | null; stderr: string }> {
    await this.#ended;
    return { code: this.#child.exitCode, stderr: this.#stderr };
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (!isAlive(-this.#child.pid!)) {
        throw new Error(`It ended: ${this.#stderr}${JSON.stringify(this.#lines)}`);
      }
      await sleep(5);
    }
  }
}

/** Whether a process has the server's end of a connection (proc(5)). Other systems do not tell, so it is believed. */
function holdsConnection(pid: number, port: number, clientPort: number | undefined): boolean {
  if (!existsSync('/proc/net/tcp')) return true;
  const hex = (each = 0) => `:${each.toString(16).toUpperCase().padStart(4, '0')}`;
  const socket = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(hex(port)) && remote?.endsWith(hex(clientPort)));
  return openFilesOf(pid).includes(`socket:[${socket?.[9]}]`);
}

function openFilesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      // It has been closed meanwhile.
      return [];
    }
  });
}

/** Whether there is such a process, or, below zero, one of such a group. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
