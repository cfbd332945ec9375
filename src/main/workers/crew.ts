import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config.js';
import type { Logger } from '../../telemetry/logger.js';
import { closeWithinMs, deathsInARow, MAX_FAILED_STARTS, respawnDelayMs, retireWithinMs } from './timing.js';
import { WorkerProcess, type WorkerEnd } from './worker-process.js';
import { WorkersFailed } from './workers-failed.js';

export interface CrewOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Environment variables of the workers beside those of this process. */
  readonly environment: Readonly<Record<string, string>>;
}

interface CrewEvents {
  /** There is a ready worker in each place, and this is where they listen. */
  complete: [url: string];
  /** No worker is ready, and several in a row could not start. */
  error: [WorkersFailed];
}

interface Place {
  worker: WorkerProcess;
  deathsInARow: number;
}

/** Keeps `config.workers` workers running: replaces those that die, and all of them one by one when asked to. */
export class Crew extends EventEmitter<CrewEvents> {
  readonly #options: CrewOptions;
  readonly #places: readonly Place[];
  /** Those in their places, those that start to take one, and those that had one and still have connections. */
  readonly #all = new Set<WorkerProcess>();
  readonly #closing = new AbortController();
  #failedStarts = 0;
  #restart: 'none' | 'running' | 'again' = 'none';

  constructor(options: CrewOptions) {
    super();
    this.#options = options;
    this.#places = Array.from({ length: options.config.workers }, () => ({
      worker: this.#fork(),
      deathsInARow: 0,
    }));
    for (const place of this.#places) this.#watch(place);
  }

  /** Replaces all workers. Requests during a restart lead to one more after it. */
  restart(): void {
    if (this.#restart === 'none') void this.#restartUntilDone();
    else this.#restart = 'again';
  }

  /** Ends all workers. @returns whether those that served ended well */
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
    void worker.ended.then(() => this.#all.delete(worker));
    void worker.ready.then(() => {
      this.#options.logger.info({ worker: worker.id, pid: worker.pid }, 'A worker is ready.');
    }, ignore);
    return worker;
  }

  #watch(place: Place): void {
    const { worker } = place;
    worker.ready.then((url) => {
      this.#failedStarts = 0;
      if (this.#places.every((each) => each.worker.isReady)) this.emit('complete', url);
    }, ignore);
    void worker.ended.then((end) => this.#refill(place, worker, end));
  }

  async #refill(place: Place, dead: WorkerProcess, end: WorkerEnd): Promise<void> {
    const isOver = () => this.#closing.signal.aborted || place.worker !== dead;
    if (isOver()) return;
    if (!end.wasReady) this.#failedStarts += 1;
    if (this.#failedStarts >= MAX_FAILED_STARTS && !this.#places.some(({ worker }) => worker.isReady)) {
      this.#closing.abort();
      this.emit('error', new WorkersFailed(end));
      return;
    }
    place.deathsInARow = deathsInARow(place.deathsInARow, end.livedMs);
    const inMs = respawnDelayMs(place.deathsInARow);
    this.#options.logger.error({ worker: dead.id, ...end, inMs }, 'A worker died. Another takes its place.');
    await sleep(inMs, undefined, { signal: this.#closing.signal }).catch(ignore);
    if (isOver()) return;
    place.worker = this.#fork();
    this.#watch(place);
  }

  async #restartUntilDone(): Promise<void> {
    const { logger } = this.#options;
    do {
      this.#restart = 'running';
      logger.info('Restarting: workers are replaced one by one.');
      const replaced = await this.#replaceAll();
      // Otherwise those that still have connections would pile up with each round.
      await Promise.all(replaced.map((worker) => worker.ended));
      if (replaced.length === this.#places.length) logger.info('Restarted.');
    } while (this.#isAskedAgain() && !this.#closing.signal.aborted);
    this.#restart = 'none';
  }

  #isAskedAgain(): boolean {
    return this.#restart === 'again';
  }

  /** @returns the workers that lost their places */
  async #replaceAll(): Promise<WorkerProcess[]> {
    const replaced: WorkerProcess[] = [];
    for (const place of this.#places) {
      const worker = this.#fork();
      const isReady = await worker.ready.then(
        () => true,
        () => false,
      );
      if (this.#closing.signal.aborted) break;
      if (!isReady) {
        this.#options.logger.error(
          { worker: worker.id, ...(await worker.ended) },
          'A new worker cannot start. The old ones stay.',
        );
        break;
      }
      const old = place.worker;
      place.worker = worker;
      place.deathsInARow = 0;
      this.#watch(place);
      this.#retire(old);
      replaced.push(old);
    }
    return replaced;
  }

  #retire(worker: WorkerProcess): void {
    const { config } = this.#options;
    if (!worker.isReady) {
      worker.kill();
      return;
    }
    worker.send('retire');
    const late = setTimeout(() => worker.kill(), retireWithinMs(config) + closeWithinMs(config));
    void worker.ended.then(() => clearTimeout(late));
  }
}

function ignore(): void {
  // `ended` tells what has become of it.
}
