import { Counter, Gauge, type Registry } from 'prom-client';

/** What is read of a gateway when its metrics are scraped. */
export interface Readings {
  /** Operations: those that are executed, those that wait for their turn, and those that were rejected since the start. */
  readonly load: () => { readonly executing: number; readonly waiting: number; readonly rejected: number };
  /** What fails fast: `connections` for all calls, else the method and path template. */
  readonly openBreakers: () => readonly string[];
  /** Calls that wait for others to end. */
  readonly callsWaiting: () => number;
  /** Callers whose calls pause after a 429. */
  readonly cooldowns: () => number;
  /** Topics that are subscribed, and those of them that this process polls. */
  readonly watches: () => { readonly topics: number; readonly polled: number };
  /** Undefined without Redis. */
  readonly isRedisConnected: () => boolean | undefined;
}

/** With several workers, a gauge is their sum, or else what `aggregator` says: a flag must stay 0 or 1. */
export function registerReadings(registry: Registry, readings: Readings): void {
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
  gauge(
    'fieldgate_operations_executing',
    'Operations that are being executed',
    () => readings.load().executing,
  );
  gauge(
    'fieldgate_operations_queued',
    'Operations that wait for their turn to be executed',
    () => readings.load().waiting,
  );
  new Counter({
    name: 'fieldgate_operations_rejected_total',
    help: 'Operations that were rejected because the process is overloaded',
    registers,
    collect() {
      this.reset();
      this.inc(readings.load().rejected);
    },
  });
  new Gauge({
    name: 'fieldgate_upstream_breaker_open',
    help: '1 where calls fail fast; `connections` stands for all of them',
    labelNames: ['operation'],
    aggregator: 'max',
    registers,
    collect() {
      this.reset();
      this.set({ operation: 'connections' }, 0);
      for (const operation of readings.openBreakers()) this.set({ operation }, 1);
    },
  });
  gauge(
    'fieldgate_upstream_calls_queued',
    'Calls that wait for a connection to the Demand API',
    readings.callsWaiting,
  );
  gauge('fieldgate_upstream_cooldowns_active', 'Callers whose calls pause after a 429', readings.cooldowns);
  gauge(
    'fieldgate_subscription_topics',
    'Resources that are subscribed, each once for a credential',
    () => readings.watches().topics,
  );
  gauge(
    'fieldgate_pollers_active',
    'Resources that this process polls for subscriptions',
    () => readings.watches().polled,
  );
  if (readings.isRedisConnected() === undefined) return;
  new Gauge({
    name: 'fieldgate_redis_connected',
    help: 'Whether Redis is connected',
    aggregator: 'min',
    registers,
    collect() {
      this.set(readings.isRedisConnected() === true ? 1 : 0);
    },
  });
}
