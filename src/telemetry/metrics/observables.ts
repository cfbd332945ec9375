import { Counter, Gauge, type Registry } from 'prom-client';

/** The state of a gateway that is read when its metrics are scraped (observable gauges, in OpenTelemetry's terms). */
export interface Observables {
  /** Operations that are executing or waiting, and those rejected since the start. */
  readonly load: () => { readonly executing: number; readonly waiting: number; readonly rejected: number };
  /** Open circuit breakers: `connections` for all calls, otherwise the method and path template. */
  readonly openBreakers: () => readonly string[];
  /** Calls that wait for a permit of the semaphore. */
  readonly callsWaiting: () => number;
  /** Callers whose calls are paused after a 429. */
  readonly cooldowns: () => number;
  /** Topics with subscriptions, and those of them that this process polls. */
  readonly watches: () => { readonly topics: number; readonly polled: number };
  /** Undefined without Redis. */
  readonly isRedisConnected: () => boolean | undefined;
}

/** With several workers, a gauge is their sum, or else what `aggregator` says: a flag must stay 0 or 1. */
export function registerObservables(registry: Registry, observables: Observables): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('fieldgate_operations_executing', 'Operations in execution', () => observables.load().executing);
  gauge(
    'fieldgate_operations_queued',
    'Operations that wait for execution',
    () => observables.load().waiting,
  );
  new Counter({
    name: 'fieldgate_operations_rejected_total',
    help: 'Operations that were rejected because the process is overloaded',
    registers,
    collect() {
      this.reset();
      this.inc(observables.load().rejected);
    },
  });
  new Gauge({
    name: 'fieldgate_upstream_breaker_open',
    help: '1 while a circuit breaker is open; `connections` is the one of all calls',
    labelNames: ['operation'],
    aggregator: 'max',
    registers,
    collect() {
      this.reset();
      this.set({ operation: 'connections' }, 0);
      for (const operation of observables.openBreakers()) this.set({ operation }, 1);
    },
  });
  gauge(
    'fieldgate_upstream_calls_queued',
    'Calls to the Demand API that wait because too many are in flight',
    observables.callsWaiting,
  );
  gauge(
    'fieldgate_upstream_cooldowns_active',
    'Callers whose calls are paused after a 429',
    observables.cooldowns,
  );
  gauge(
    'fieldgate_subscription_topics',
    'Resources with subscriptions, counted once per credential',
    () => observables.watches().topics,
  );
  gauge(
    'fieldgate_pollers_active',
    'Resources that this process polls for subscriptions',
    () => observables.watches().polled,
  );
  if (observables.isRedisConnected() === undefined) return;
  new Gauge({
    name: 'fieldgate_redis_connected',
    help: 'Whether Redis is connected',
    aggregator: 'min',
    registers,
    collect() {
      this.set(observables.isRedisConnected() === true ? 1 : 0);
    },
  });
}
