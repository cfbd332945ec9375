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
  registerLoad(registers, observables);
  registerUpstream(registers, observables);
  registerWatches(registers, observables);
  if (observables.isRedisConnected() !== undefined) registerRedis(registers, observables);
}

function registerLoad(registers: Registry[], { load }: Observables): void {
  gauge(registers, 'fieldgate_operations_executing', 'Operations in execution', () => load().executing);
  gauge(registers, 'fieldgate_operations_queued', 'Operations that wait for execution', () => load().waiting);
  new Counter({
    name: 'fieldgate_operations_rejected_total',
    help: 'Operations that were rejected because the process is overloaded',
    registers,
    collect() {
      this.reset();
      this.inc(load().rejected);
    },
  });
}

function registerUpstream(
  registers: Registry[],
  { openBreakers, callsWaiting, cooldowns }: Observables,
): void {
  new Gauge({
    name: 'fieldgate_upstream_breaker_open',
    help: '1 while a circuit breaker is open; `connections` is the one of all calls',
    labelNames: ['operation'],
    aggregator: 'max',
    registers,
    collect() {
      this.reset();
      this.set({ operation: 'connections' }, 0);
      for (const operation of openBreakers()) this.set({ operation }, 1);
    },
  });
  gauge(
    registers,
    'fieldgate_upstream_calls_queued',
    'Calls to the Demand API that wait because too many are in flight',
    callsWaiting,
  );
  gauge(
    registers,
    'fieldgate_upstream_cooldowns_active',
    'Callers whose calls are paused after a 429',
    cooldowns,
  );
}

function registerWatches(registers: Registry[], { watches }: Observables): void {
  gauge(
    registers,
    'fieldgate_subscription_topics',
    'Resources with subscriptions, counted once per credential',
    () => watches().topics,
  );
  gauge(
    registers,
    'fieldgate_pollers_active',
    'Resources that this process polls for subscriptions',
    () => watches().polled,
  );
}

function registerRedis(registers: Registry[], { isRedisConnected }: Observables): void {
  new Gauge({
    name: 'fieldgate_redis_connected',
    help: 'Whether Redis is connected',
    aggregator: 'min',
    registers,
    collect() {
      this.set(isRedisConnected() === true ? 1 : 0);
    },
  });
}

/** Registers a gauge whose value is read on each scrape. */
function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
