import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.js';
import type { Logger } from '../../telemetry/logger.js';
import { closeWithinMs, deathsInARow, MAX_FAILED_STARTS, respawnDelayMs, retireWithinMs } from './timing.js';
import { WorkerProcess, WorkersFailed, type WorkerEnd } from './worker-process.js';

export interface WorkerPoolOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Environment variables that workers get in addition to those of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with each new worker. Default: does nothing. */
  readonly onFork?: (worker: WorkerProcess) => void;
}

interface WorkerPoolEvents {
  /** All workers are ready and listen at `url`. */
  complete: [url: string];
  /** No worker is ready, and several in a row have failed to start. */
  error: [WorkersFailed];
}

/** Keeps `config.workers` workers running: replaces workers that die, and on request all of them, one by one. */
export class WorkerPool extends EventEmitter<WorkerPoolEvents> {
  readonly #options: WorkerPoolOptions;
  /** Workers that serve or are starting to; each is replaced when it dies. */
  readonly #serving = new Set<WorkerProcess>();
  /** All worker processes, including replacements that are starting and retired workers that still have connections. */
  readonly #all = new Set<WorkerProcess>();
  readonly #closing = new AbortController();
  #deathsInARow = 0;
  #failedStarts = 0;
  #isRestartWanted = false;
  #isRestarting = false;

  constructor(options: WorkerPoolOptions) {
    super();
    this.#options = options;
    for (let count = 0; count < options.config.workers; count += 1) this.#serve(this.#fork());
    // A worker that still starts when this process ends would lose its channel, and crash with a stack trace.
    process.once('exit', () => {
      for (const worker of this.#all) if (!worker.isReady) worker.kill();
    });
  }

  /** Replaces all workers. If this is called during a restart, one more restart follows it. */
  restart(): void {
    this.#isRestartWanted = true;
    if (!this.#isRestarting) void this.#restartWhileWanted();
  }

  /** Closes all workers. @returns whether every worker that was ready exited with code 0 */
  async close(): Promise<boolean> {
    this.#closing.abort();
    const all = [...this.#all];
    for (const worker of all) {
      if (worker.isReady) worker.send('close');
      else worker.kill();
    }
    const late = setTimeout(() => {
      for (const worker of all) worker.kill();
    }, closeWithinMs(this.#options.config));
    const ends = await Promise.all(all.map((worker) => worker.ended));
    clearTimeout(late);
    return ends.every(({ wasReady, code }) => !wasReady || code === 0);
  }

  #fork(): WorkerProcess {
    const worker = new WorkerProcess(this.#options.environment);
    this.#all.add(worker);
    this.#options.onFork?.(worker);
    void worker.ended.then(() => this.#all.delete(worker));
    worker.ready.then(() => {
      this.#options.logger.info({ worker: worker.id, pid: worker.pid }, 'A worker is ready.');
    }, ignore);
    return worker;
  }

  #serve(worker: WorkerProcess): void {
    this.#serving.add(worker);
    worker.ready.then((url) => {
      this.#failedStarts = 0;
      const ready = [...this.#serving].filter(({ isReady }) => isReady);
      if (ready.length === this.#options.config.workers) this.emit('complete', url);
    }, ignore);
    void worker.ended.then((end) => this.#replace(worker, end));
  }

  async #replace(dead: WorkerProcess, end: WorkerEnd): Promise<void> {
    // A retired worker has been replaced already.
    if (!this.#serving.delete(dead) || this.#isClosing()) return;
    if (!end.wasReady) this.#failedStarts += 1;
    if (this.#failedStarts >= MAX_FAILED_STARTS && ![...this.#serving].some(({ isReady }) => isReady)) {
      this.#closing.abort();
      this.emit('error', new WorkersFailed(end));
      return;
    }
    this.#deathsInARow = deathsInARow(this.#deathsInARow, end.livedMs);
    const inMs = respawnDelayMs(this.#deathsInARow);
    this.#options.logger.error({ worker: dead.id, ...end, inMs }, 'A worker died; starting another one.');
    await sleep(inMs, undefined, { signal: this.#closing.signal }).catch(ignore);
    if (!this.#isClosing()) this.#serve(this.#fork());
  }

  async #restartWhileWanted(): Promise<void> {
    this.#isRestarting = true;
    while (this.#isRestartWanted && !this.#isClosing()) {
      this.#isRestartWanted = false;
      this.#options.logger.info('Restarting: replacing workers one by one.');
      const isComplete = await this.#replaceAll([...this.#serving]);
      if (isComplete) this.#options.logger.info('Restarted: all workers have been replaced.');
    }
    this.#isRestarting = false;
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @returns whether all workers have been replaced, and have exited */
  async #replaceAll(workers: readonly WorkerProcess[]): Promise<boolean> {
    for (const [index, old] of workers.entries()) {
      const worker = this.#fork();
      const isReady = await worker.ready.then(
        () => true,
        () => false,
      );
      if (this.#isClosing()) return false;
      if (!isReady) {
        const end = await worker.ended;
        this.#options.logger.error(
          { worker: worker.id, ...end },
          'Restart aborted: a new worker cannot start. The remaining workers stay.',
        );
        await Promise.all(workers.slice(0, index).map(({ ended }) => ended));
        return false;
      }
      // If the old worker has died meanwhile, `#replace` has replaced it already.
      if (this.#serving.delete(old)) this.#serve(worker);
      this.#retire(this.#serving.has(worker) ? old : worker);
    }
    // Otherwise retired workers with open connections would pile up with each restart.
    await Promise.all(workers.map(({ ended }) => ended));
    return true;
  }

  #retire(worker: WorkerProcess): void {
    const { config } = this.#options;
    worker.send('retire');
    const late = setTimeout(() => worker.kill(), retireWithinMs(config) + closeWithinMs(config));
    void worker.ended.then(() => clearTimeout(late));
  }
}

function ignore(): void {
  // `ended` reports why the worker exited.
}
