import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that is not ready by then is considered broken, in milliseconds. */
const MAX_START_MS = 30_000;

/** Child processes that do not outlive the tests. */
export class Processes {
  readonly #running = new Set<ChildProcess>();

  /**
   * Starts a program with only this environment and waits until it is ready, as `ready` tells from what it has printed or otherwise.
   *
   * @throws Error with its output if it exits first or is not ready within 30 s
   */
  async start(
    [command, ...args]: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    ready: (output: string) => Promise<boolean>,
  ): Promise<ChildProcess> {
    const child = spawn(command, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    let why: unknown;
    const isReady = () =>
      ready(output).catch((error: unknown) => {
        why = error;
        return false;
      });
    const deadline = performance.now() + MAX_START_MS;
    while (!(await isReady())) {
      const name = `${command} ${args.join(' ')}`;
      if (hasEnded(child)) throw new Error(`${name} exited: ${output}`);
      if (performance.now() > deadline) throw new Error(`${name} is not ready: ${output}`, { cause: why });
      await sleep(10);
    }
    return child;
  }

  /** Sends a signal and waits for the exit. @returns the exit code, or the signal that ended the process */
  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (!hasEnded(child)) {
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
    }
    this.#running.delete(child);
    return child.exitCode ?? child.signalCode;
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.end(child, 'SIGKILL')));
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/**
 * Ports of each worker of Jest, below those that Linux gives to whoever asks for any (32768 and up): no other server takes such a port
 * between two programs that use it, and gets the requests that were meant for the first.
 */
const FIRST_PORT = 20_000;
const PORTS_PER_WORKER = 1_000;
const workersFirstPort = FIRST_PORT + (Number(process.env['JEST_WORKER_ID'] ?? 0) % 12) * PORTS_PER_WORKER;
let nextPort = Math.floor(Math.random() * PORTS_PER_WORKER);

/** A port that is free at the moment, and that this worker has not got lately. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFreePort(server);
  await once(server.close(), 'close');
  return port;
}

/** Lets a server listen on such a port. Nobody else gets it after the server has been closed. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (;;) {
    const port = workersFirstPort + nextPort;
    nextPort = (nextPort + 1) % PORTS_PER_WORKER;
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** Whether a `GET` gets a 200. */
export async function respondsOk(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status === 200;
}
