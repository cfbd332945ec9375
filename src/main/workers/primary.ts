import { once } from 'node:events';
import type { Logger } from '../../telemetry/logger.js';
import { serveMetricsAlone, type MetricsServer } from '../../telemetry/metrics/metrics-server.js';
import { freePort } from './free-port.js';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';
import type { WorkersFailed } from './worker-process.js';

export interface PrimaryOptions extends WorkerPoolOptions {
  /** Called if, after a successful start, no worker is left and no new one can start. */
  readonly onFailed: (error: WorkersFailed) => void;
}

export interface Primary {
  /** Where the workers listen, without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where the metrics of all workers are served; undefined without `METRICS_PORT`. */
  readonly metricsUrl: string | undefined;
  /** Replaces all workers one by one, without failing a request. */
  restart(): void;
  /** @throws Error if a worker did not exit cleanly */
  close(): Promise<void>;
}

/**
 * Starts `config.workers` gateways as worker processes that share a port. This process only distributes connections among them,
 * round-robin (`node:cluster`). Workers share state through Redis.
 *
 * @throws Error if the port is taken
 * @throws {WorkersFailed} if no worker can start
 */
export async function startPrimary({ onFailed, ...options }: PrimaryOptions): Promise<Primary> {
  const { port, host, telemetry } = options.config;
  // With port 0, the replacement of a worker would listen on another port.
  const environment = { ...options.environment, PORT: String(await freePort(port, host)) };
  const { metricsPort } = telemetry;
  const metrics =
    metricsPort === undefined ? undefined : await startMetrics(metricsPort, host, options.logger);
  const pool = new WorkerPool({ ...options, environment, ...metrics });
  const stop = async (): Promise<void> => {
    const closedCleanly = await pool.close();
    await metrics?.server.close();
    if (!closedCleanly) throw new Error('A worker did not exit cleanly.');
  };
  let url: string;
  try {
    [url] = (await once(pool, 'complete')) as [string];
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  pool.on('error', onFailed);
  let stopped: Promise<void> | undefined;
  return {
    url,
    metricsUrl: metrics?.server.url,
    restart: () => {
      pool.restart();
    },
    close: () => (stopped ??= stop()),
  };
}

interface SummedMetrics extends Required<Pick<WorkerPoolOptions, 'onFork'>> {
  readonly server: MetricsServer;
}

/** Serves the metrics of all workers, added up. */
async function startMetrics(port: number, host: string, logger: Logger): Promise<SummedMetrics> {
  const { WorkerMetrics } = await import('./worker-metrics.js');
  const metrics = new WorkerMetrics();
  return {
    server: await serveMetricsAlone(port, host, () => metrics.exposition(), logger),
    onFork: (worker) => {
      metrics.add(worker);
    },
  };
}
