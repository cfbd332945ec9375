import type { Exposition } from '../../telemetry/metrics/metrics.js';
import { MetricsSum } from '../../telemetry/metrics/sum.js';
import type { WorkerProcess } from './worker-process.js';

/** How long a worker may take to tell its metrics, in milliseconds. Then those that it told before count. */
const ANSWER_MS = 1000;

/** The metrics of all workers, added up. */
export class WorkerMetrics {
  readonly #sum = new MetricsSum();
  readonly #workers = new Set<WorkerProcess>();

  /** @param worker counts from now on, and what it has counted still does when it has ended */
  add(worker: WorkerProcess): void {
    this.#workers.add(worker);
    worker.on('metrics', (snapshot) => {
      this.#sum.set(worker.id, snapshot);
    });
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#sum.end(worker.id);
    });
  }

  async exposition(): Promise<Exposition> {
    await Promise.all([...this.#workers].map((worker) => worker.tellMetrics(ANSWER_MS)));
    return await this.#sum.exposition();
  }
}
