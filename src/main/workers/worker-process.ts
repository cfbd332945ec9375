import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Snapshot } from '../../telemetry/metrics/snapshot.js';
import { closeLostConnections } from './handover.js';
import type { Order, Report } from './messages.js';
import { READY_WITHIN_MS } from './timing.js';

export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not start, if it said so. */
  readonly message: string | undefined;
  readonly wasReady: boolean;
  readonly livedMs: number;
}

interface WorkerEvents {
  metrics: [Snapshot];
}

/** A worker, as the primary sees it. */
export class WorkerProcess extends EventEmitter<WorkerEvents> {
  readonly id: number;
  readonly pid: number | undefined;
  /** Where it listens, once it does. Rejected if it ends before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<WorkerEnd>;
  readonly #worker: Worker;
  #isReady = false;

  /** @param environment variables beside those of this process */
  constructor(environment: Readonly<Record<string, string>>) {
    super();
    const worker = cluster.fork(environment);
    const startedAt = performance.now();
    closeLostConnections(worker);
    this.#worker = worker;
    this.id = worker.id;
    this.pid = worker.process.pid;
    let message: string | undefined;
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null) => {
        const wasReady = this.#isReady;
        this.#isReady = false;
        resolve({ code, signal, message, wasReady, livedMs: performance.now() - startedAt });
      };
      worker.once('exit', end);
      worker.on('error', (error: Error) => {
        message ??= error.message;
        // Nothing exits if no process could be made.
        if (this.pid === undefined) end(null, null);
      });
    });
    const late = setTimeout(() => this.kill(), READY_WITHIN_MS);
    void this.ended.then(() => clearTimeout(late));
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (report: Report) => {
        if ('metrics' in report) {
          this.emit('metrics', report.metrics);
          return;
        }
        if ('failed' in report) {
          message = report.failed;
          return;
        }
        clearTimeout(late);
        this.#isReady = true;
        resolve(report.url);
      });
      void this.ended.then(() => reject(new Error('The worker ended before it was ready.')));
    });
    this.ready.catch(() => undefined);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** A worker that the order does not reach has died, which `ended` tells. */
  send(order: Order): void {
    this.#worker.send(order, () => undefined);
  }

  /** Asks for the metrics, and waits until they have been told, the worker ends, or `withinMs` has passed. */
  async tellMetrics(withinMs: number): Promise<void> {
    if (!this.#isReady) return;
    const late = AbortSignal.timeout(withinMs);
    const told = once(this, 'metrics', { signal: late }).catch(() => undefined);
    this.send('metrics');
    await Promise.race([told, this.ended]);
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }
}

/** No worker can start. The message is what the last one said of it. */
export class WorkersFailed extends Error {
  override readonly name = 'WorkersFailed';

  constructor({ message, code, signal }: WorkerEnd) {
    super(message ?? `No worker can start: the last one ended with ${signal ?? `exit code ${code}`}.`);
  }
}
