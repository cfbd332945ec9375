import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
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

/** Whether a `GET` gets a 200. */
export async function respondsOk(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status === 200;
}
