import type { Exposition } from '../../telemetry/metrics/metrics.js';
import { MetricsSum } from '../../telemetry/metrics/sum.js';
import type { WorkerProcess } from './worker-process.js';

/** How long a worker may take to send its metrics, in milliseconds. After that, its previous ones are used. */
const RESPONSE_TIMEOUT_MS = 1000;

/** The metrics of all workers, added up. */
export class WorkerMetrics {
  readonly #sum = new MetricsSum();
  readonly #workers = new Set<WorkerProcess>();

  /** @param worker its metrics are included from now on, and its counters stay included after it exits */
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
    await Promise.all([...this.#workers].map((worker) => worker.requestMetrics(RESPONSE_TIMEOUT_MS)));
    return await this.#sum.exposition();
  }
}
