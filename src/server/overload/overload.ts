import type { Config } from '../../config.js';
import type { Admission } from '../../operations/admission.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Cancellation } from '../../cancellation.js';
import type { CallQueue } from '../../upstream/upstream.js';
import { AdaptiveLimit, TICK_MS } from './adaptive-limit.js';
import { AdmissionQueue } from './admission-queue.js';
import { monitorEventLoop, type LoopSources } from './event-loop.js';

export interface OverloadOptions {
  readonly limits: Config['overload'];
  /** Fewer requests in flight than this are never an overload. */
  readonly minInFlight: number;
  readonly callQueue: () => CallQueue;
  readonly logger: Logger;
}

const SAMPLE_MS = 100;
/** The number of samples without a rejection that ends an overload. */
const QUIET_SAMPLES = 50;

/**
 * Limits concurrent operations and the time that requests wait, depending on how saturated the event loop is. Without an overload
 * a request costs two comparisons: the limit changes ten times a second, or more often while requests wait.
 */
export class Overload implements Admission {
  readonly #queue: AdmissionQueue;
  readonly #limit: AdaptiveLimit;
  readonly #sources: LoopSources;
  readonly #sampler: NodeJS.Timeout;
  #ticker: NodeJS.Timeout | undefined;
  #accepted = 0;

  constructor({ limits, minInFlight: min, callQueue, logger }: OverloadOptions) {
    const { maxRequestsInFlight: max, waitMs } = limits;
    this.#limit = new AdaptiveLimit(max);
    this.#queue = new AdmissionQueue({ concurrency: () => this.#limit.value, max, min, waitMs });
    this.#sources = { callQueue, accepted: () => this.#accepted };
    const report = reportOverloads(logger);
    const adjust = this.#adjuster();
    this.#sampler = setInterval(() => {
      adjust();
      report(this.#queue.takeRejected());
    }, SAMPLE_MS).unref();
  }

  /** Operations that are executing or waiting, and those rejected since the start. */
  get load(): { readonly executing: number; readonly waiting: number; readonly rejected: number } {
    const { executing, waiting, rejected } = this.#queue;
    return { executing, waiting, rejected };
  }

  check(): void {
    this.#queue.check();
  }

  admit(gone: Cancellation): (() => void) | Promise<() => void> {
    const admitted = this.#queue.admit(gone);
    if (typeof admitted !== 'function') this.#ticker ??= this.#startTicker();
    return admitted;
  }

  /** Tells that a connection was accepted. */
  readonly connectionAccepted = (): void => {
    this.#accepted += 1;
  };

  close(): void {
    clearInterval(this.#sampler);
    clearInterval(this.#ticker);
  }

  #startTicker(): NodeJS.Timeout {
    const adjust = this.#adjuster();
    const ticker = setInterval(() => {
      if (this.#queue.waiting > 0) {
        adjust();
        return;
      }
      clearInterval(ticker);
      this.#ticker = undefined;
    }, TICK_MS).unref();
    return ticker;
  }

  /** @returns adjusts the limit to the event loop since the previous call */
  #adjuster(): () => void {
    const sample = monitorEventLoop(this.#sources);
    return () => {
      this.#limit.tick(sample(), this.#queue.executing);
      this.#queue.admitNext();
    };
  }
}

/** Logs once when an overload begins and once when it ends: a line for each rejection would add to the load. */
function reportOverloads(logger: Pick<Logger, 'warn' | 'info'>): (rejected: number) => void {
  let sum = 0;
  let quiet = 0;
  return (rejected) => {
    if (rejected > 0 && sum === 0) logger.warn('The gateway is overloaded and rejects requests.');
    sum += rejected;
    quiet = rejected > 0 ? 0 : quiet + 1;
    if (sum === 0 || quiet < QUIET_SAMPLES) return;
    logger.info({ rejected: sum }, 'The overload has ended.');
    sum = 0;
  };
}
