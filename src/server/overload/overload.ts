import type { Config } from '../../config.js';
import type { Admission } from '../../operations/pipeline.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Cancellation } from '../../upstream/http/cancellation.js';
import { AdaptiveLimit, TICK_MS } from './adaptive-limit.js';
import { AdmissionQueue } from './admission-queue.js';
import { monitorEventLoop, type CallQueue } from './event-loop.js';
import { QueueLimit } from './queue-limit.js';

export interface OverloadOptions {
  readonly limits: Config['overload'];
  /** Requests that are never an overload. */
  readonly minInFlight: number;
  readonly callQueue: () => CallQueue;
  readonly logger: Logger;
}

const SAMPLE_MS = 100;
/** So many samples without a rejection end an overload. */
const QUIET_SAMPLES = 50;

/**
 * Bounds how many operations are executed and how many requests wait, by how saturated the event loop is. Without an
 * overload a request costs two comparisons: the limits change ten times a second, or more often while requests wait.
 */
export class Overload implements Admission {
  readonly #queue: AdmissionQueue;
  readonly #concurrency: AdaptiveLimit;
  readonly #sampler: NodeJS.Timeout;
  readonly #callQueue: () => CallQueue;
  #ticker: NodeJS.Timeout | undefined;

  constructor({ limits, minInFlight, callQueue, logger }: OverloadOptions) {
    const { maxRequestsInFlight: max, waitMs } = limits;
    const concurrency = new AdaptiveLimit(max);
    const total = new QueueLimit({ max, min: minInFlight, waitMs });
    const queue = new AdmissionQueue(() => ({ concurrency: concurrency.value, total: total.value }));
    const sample = monitorEventLoop(callQueue);
    const report = reportOverloads(logger);
    this.#queue = queue;
    this.#concurrency = concurrency;
    this.#callQueue = callQueue;
    this.#sampler = setInterval(() => {
      const sampled = sample();
      concurrency.tick(sampled, queue.executing);
      const { answered, rejected } = queue.takeCounts();
      total.tick(sampled, answered);
      queue.update();
      report(rejected, { inFlight: queue.executing + queue.waiting, limit: Math.floor(total.value) });
    }, SAMPLE_MS).unref();
  }

  check(): void {
    this.#queue.check();
  }

  admit(gone: Cancellation): (() => void) | Promise<() => void> {
    const admitted = this.#queue.admit(gone);
    if (typeof admitted !== 'function') this.#ticker ??= this.#startTicker();
    return admitted;
  }

  close(): void {
    clearInterval(this.#sampler);
    clearInterval(this.#ticker);
  }

  #startTicker(): NodeJS.Timeout {
    const sample = monitorEventLoop(this.#callQueue);
    const ticker = setInterval(() => {
      if (this.#queue.waiting === 0) {
        clearInterval(ticker);
        this.#ticker = undefined;
        return;
      }
      this.#concurrency.tick(sample(), this.#queue.executing);
      this.#queue.update();
    }, TICK_MS).unref();
    return ticker;
  }
}

/** One line in the log when an overload begins and one when it has ended: a line for each rejection would add to it. */
function reportOverloads(logger: Pick<Logger, 'warn' | 'info'>) {
  let sum = 0;
  let quiet = 0;
  return (rejected: number, state: { readonly inFlight: number; readonly limit: number }): void => {
    if (rejected > 0 && sum === 0) logger.warn(state, 'The gateway is overloaded and rejects requests.');
    sum += rejected;
    quiet = rejected > 0 ? 0 : quiet + 1;
    if (sum === 0 || quiet < QUIET_SAMPLES) return;
    logger.info({ rejected: sum }, 'The overload has ended.');
    sum = 0;
  };
}
