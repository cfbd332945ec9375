import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import { closeWithinMs, deathsInARow, MOST_FAILED_STARTS, respawnDelayMs, retireWithinMs } from './timing.js';
import type { WorkerEnd, WorkerProcess } from './worker-process.js';
import { WorkersFailed } from './workers-failed.js';

export interface CrewOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Starts a worker. */
  readonly hire: () => WorkerProcess;
  /** Called when a worker has lost its place to another, and is to get nothing more to do. */
  readonly onReplaced: (worker: WorkerProcess) => void;
}

interface CrewEvents {
  /** A worker is ready in each place. */
  complete: [];
  /** No worker is ready, and one after the other dies before it is. */
  error: [WorkersFailed];
}

/** One of the places that are to be taken all the time. */
interface Place {
  worker: WorkerProcess;
  deathsInARow: number;
}

/** Keeps so many workers at work: replaces those that die, and all of them, one by one, when it is asked to. */
export class Crew extends EventEmitter<CrewEvents> {
  readonly #options: CrewOptions;
  readonly #places: Place[];
  /** Those in their places, those that are to take one, and those that had one and still have something to do. */
  readonly #all = new Set<WorkerProcess>();
  readonly #closing = new AbortController();
  #failedStarts = 0;
  #isRestarting = false;
  #isRestartAsked = false;

  /** Starts all workers. */
  constructor(options: CrewOptions) {
    super();
    this.#options = options;
    this.#places = Array.from({ length: options.config.workers }, () => ({
      worker: this.#hire(),
      deathsInARow: 0,
    }));
    for (const place of this.#places) this.#watch(place);
  }

  /** Replaces all workers. One that is asked for while another is under way begins after that, once for all who ask. */
  restart(): void {
    this.#isRestartAsked = true;
    if (!this.#isRestarting) void this.#restart();
  }

  /** Ends all workers. @returns whether those that served ended well */
  async close(): Promise<boolean> {
    this.#closing.abort();
    const all = [...this.#all];
    for (const worker of all) {
      if (worker.isReady) worker.send({ type: 'close' });
      else worker.kill();
    }
    const late = setTimeout(() => {
      for (const worker of all) worker.kill();
    }, closeWithinMs(this.#options.config));
    const ends = await Promise.all(all.map((worker) => worker.ended));
    clearTimeout(late);
    return ends.every(({ wasReady, code }) => !wasReady || code === 0);
  }

  #hire(): WorkerProcess {
    const worker = this.#options.hire();
    this.#all.add(worker);
    void worker.ended.then(() => this.#all.delete(worker));
    return worker;
  }

  #watch(place: Place): void {
    const { worker } = place;
    worker.ready.then(() => {
      this.#failedStarts = 0;
      if (this.#places.every((each) => each.worker.isReady)) this.emit('complete');
    }, ignore);
    void worker.ended.then((end) => this.#refill(place, worker, end));
  }

  /** Puts another worker in the place of one that died. */
  async #refill(place: Place, dead: WorkerProcess, end: WorkerEnd): Promise<void> {
    const isOver = () => this.#closing.signal.aborted || place.worker !== dead;
    if (isOver()) return;
    if (!end.wasReady) this.#failedStarts += 1;
    if (this.#failedStarts >= MOST_FAILED_STARTS && !this.#places.some(({ worker }) => worker.isReady)) {
      this.#closing.abort();
      this.emit('error', new WorkersFailed(end));
      return;
    }
    place.deathsInARow = deathsInARow(place.deathsInARow, end.livedMs);
    const inMs = respawnDelayMs(place.deathsInARow);
    this.#options.logger.error({ worker: dead.id, ...end, inMs }, 'A worker died. Another takes its place.');
    await sleep(inMs, undefined, { signal: this.#closing.signal }).catch(ignore);
    if (isOver()) return;
    place.worker = this.#hire();
    this.#watch(place);
  }

  async #restart(): Promise<void> {
    const { logger } = this.#options;
    this.#isRestarting = true;
    while (this.#isRestartAsked && !this.#closing.signal.aborted) {
      this.#isRestartAsked = false;
      logger.info('Restarting: workers are replaced one by one.');
      const replaced = await this.#replaceAll();
      // Else those that still have connections would pile up with each round.
      await Promise.all(replaced.map((worker) => worker.ended));
      if (replaced.length === this.#places.length) logger.info('Restarted.');
    }
    this.#isRestarting = false;
  }

  /** @returns those that lost their places */
  async #replaceAll(): Promise<WorkerProcess[]> {
    const replaced: WorkerProcess[] = [];
    for (const place of this.#places) {
      const worker = this.#hire();
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
    const { config, onReplaced } = this.#options;
    if (!worker.isReady) {
      worker.kill();
      return;
    }
    onReplaced(worker);
    worker.send({ type: 'retire' });
    const late = setTimeout(() => worker.kill(), retireWithinMs(config) + closeWithinMs(config));
    void worker.ended.then(() => clearTimeout(late));
  }
}

function ignore(): void {
  // Whoever waits for it looks at what has become of it.
}
