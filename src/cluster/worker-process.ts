import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '../telemetry/logger.js';
import { isFromWorker, type FromWorker, type ToWorker } from './messages.js';
import { READY_WITHIN_MS } from './timing.js';

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not start, where it said so. */
  readonly message: string | undefined;
  readonly wasReady: boolean;
  readonly livedMs: number;
}

export interface WorkerProcessOptions {
  readonly logger: Logger;
  /** Environment variables beside this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onMessage: (message: FromWorker, worker: WorkerProcess) => void;
}

/** A process of the gateway, as the primary sees it. */
export class WorkerProcess {
  readonly id: number;
  readonly pid: number | undefined;
  /** Settled when it serves; rejected where it ends before. */
  readonly ready: Promise<void>;
  readonly ended: Promise<WorkerEnd>;
  readonly #worker: Worker;
  #state: 'starting' | 'ready' | 'ended' = 'starting';

  constructor({ logger, environment, onMessage }: WorkerProcessOptions) {
    const worker = cluster.fork(environment);
    const bornAt = performance.now();
    this.#worker = worker;
    this.id = worker.id;
    this.pid = worker.process.pid;
    let message: string | undefined;

    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null) => {
        const wasReady = this.isReady;
        this.#state = 'ended';
        resolve({ code, signal, message, wasReady, livedMs: performance.now() - bornAt });
      };
      worker.once('exit', end);
      worker.on('error', (error: Error) => {
        message ??= error.message;
        // There is nothing that could exit where no process could be made.
        if (this.pid === undefined) end(null, null);
      });
    });
    this.ready = new Promise((resolve, reject) => {
      const late = setTimeout(() => this.kill(), READY_WITHIN_MS);
      const serve = () => {
        clearTimeout(late);
        if (this.#state === 'starting') this.#state = 'ready';
        resolve();
      };
      worker.on('message', (received: unknown) => {
        if (!isFromWorker(received)) {
          logger.error({ worker: this.id }, 'A worker sent what makes no sense.');
          return;
        }
        if (received.type === 'failed') message = received.message;
        if (received.type === 'ready') serve();
        onMessage(received, this);
      });
      void this.ended.then(() => {
        clearTimeout(late);
        reject(new Error('The worker ended before it was ready.'));
      });
    });
    this.ready.catch(() => undefined);
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Lets so many of its connections end with their next answers. */
  shed(connections: number): void {
    this.send({ type: 'shed', connections });
  }

  send(message: ToWorker): void {
    this.#worker.send(message, ignore);
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }
}

/** A message that does not arrive is one to a worker that has died, and its end is heard of. */
function ignore(): void {
  // Nothing to do.
}
