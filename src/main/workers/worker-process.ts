import cluster, { type Worker } from 'node:cluster';
import { EventEmitter, once } from 'node:events';
import type { Snapshot } from '../../telemetry/metrics/snapshot.js';
import { closeLostConnections } from './lost-connections.js';
import type { PrimaryMessage, WorkerMessage } from './messages.js';
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
  /** Resolves with the URL when the worker listens. Rejects if it exits before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<WorkerEnd>;
  readonly #worker: Worker;
  #isReady = false;

  /** @param environment variables in addition to those of this process */
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
        // No `exit` event follows if the process could not be created.
        if (this.pid === undefined) end(null, null);
      });
    });
    const late = setTimeout(() => this.kill(), READY_WITHIN_MS);
    void this.ended.then(() => clearTimeout(late));
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (report: WorkerMessage) => {
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

  /** A message is lost only if the worker has died; `ended` reports that. */
  send(message: PrimaryMessage): void {
    this.#worker.send(message, () => undefined);
  }

  /** Requests the metrics, and waits until they arrive, the worker exits, or `withinMs` has passed. */
  async requestMetrics(withinMs: number): Promise<void> {
    if (!this.#isReady) return;
    const late = AbortSignal.timeout(withinMs);
    const received = once(this, 'metrics', { signal: late }).catch(() => undefined);
    this.send('metrics');
    await Promise.race([received, this.ended]);
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }
}

/** No worker can start. The message is that of the last one. */
export class WorkersFailed extends Error {
  override readonly name = 'WorkersFailed';

  constructor({ message, code, signal }: WorkerEnd) {
    super(message ?? `No worker can start: the last one ended with ${signal ?? `exit code ${code}`}.`);
  }
}
