import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * CPU, memory, the event loop and garbage collection, which belong to the process however many gateways it runs. They are
 * collected from the first call on.
 */
export function processRegistry(): Registry {
  registry ??= createRegistry();
  return registry;
}

function createRegistry(): Registry {
  const created = new Registry();
  collectDefaultMetrics({ register: created });
  new Gauge({
    name: 'fieldgate_process_resident_memory_bytes',
    help: 'Memory of the process; with several workers, of the one that takes the most',
    aggregator: 'max',
    registers: [created],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return created;
}
