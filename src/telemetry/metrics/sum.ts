import { AggregatorRegistry } from 'prom-client';
import type { Exposition } from './metrics.js';
import { OperationBounds } from './operation-bounds.js';
import { snapshotOf, type Snapshot } from './snapshot.js';

/** Types whose values only increase, so that a sum must not decrease. */
const GROWING: ReadonlySet<string> = new Set(['counter', 'histogram']);

/** The library takes the average of these, in which one worker that is blocked would not show among others that are idle. */
const SLOWEST_COUNTS = /^nodejs_eventloop_lag(?:_p\d+)?_seconds$/;

/**
 * Adds up the metrics of several processes. Counters of a process that has exited stay in the sum: Prometheus would take a lower
 * sum for a restart, and count everything again.
 */
export class MetricsSum {
  readonly #bounds = new OperationBounds();
  readonly #last = new Map<number, Snapshot>();
  readonly #ended: Snapshot[] = [];

  /** The latest metrics of a process. */
  set(id: number, snapshot: Snapshot): void {
    this.#last.set(
      id,
      this.#bounds
        .bound(snapshot)
        .map((metric) => (SLOWEST_COUNTS.test(metric.name) ? { ...metric, aggregator: 'max' } : metric)),
    );
  }

  /** A process has ended. Its gauges end with it. */
  end(id: number): void {
    const last = this.#last.get(id);
    if (last === undefined) return;
    this.#last.delete(id);
    this.#ended.push(last.filter(({ type }) => GROWING.has(type)));
  }

  async exposition(): Promise<Exposition> {
    const ended = this.#ended.length;
    if (ended > 1) {
      const sum = AggregatorRegistry.aggregate(this.#ended.slice(0, ended));
      this.#ended.splice(0, ended, await snapshotOf(sum));
    }
    const sum = AggregatorRegistry.aggregate([...this.#last.values(), ...this.#ended]);
    return { contentType: sum.contentType, body: await sum.metrics() };
  }
}
