import { once } from 'node:events';
import { serveMetricsAlone, type MetricsServer } from '../../telemetry/metrics/metrics-server.js';
import { freePort } from './free-port.js';
import { Crew, type CrewOptions } from './crew.js';
import type { WorkersFailed } from './worker-process.js';

export interface PrimaryOptions extends CrewOptions {
  /** Called if, after a good start, no worker is left and no new one can start. */
  readonly onFailed: (error: WorkersFailed) => void;
}

export interface Primary {
  /** Where the workers listen, without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Where the metrics of all workers are, if that was asked for. */
  readonly metricsUrl: string | undefined;
  /** Replaces all workers one by one, without failing a request. */
  restart(): void;
  /** @throws Error if a worker did not end well */
  close(): Promise<void>;
}

/**
 * Starts `config.workers` gateways in processes of their own, which share a port. This process gives them connections in turn
 * (`node:cluster`), and does nothing else. What workers share is in Redis.
 *
 * @throws Error if the port is taken
 * @throws {WorkersFailed} if no worker can start
 */
export async function startPrimary({ onFailed, ...options }: PrimaryOptions): Promise<Primary> {
  const { port, host, telemetry } = options.config;
  // A worker that asks for any free port would get another one than a worker that has died.
  const environment = { ...options.environment, PORT: String(await freePort(port, host)) };
  const { metricsPort } = telemetry;
  const metrics = metricsPort === undefined ? undefined : await startMetrics(metricsPort, host);
  const crew = new Crew({ ...options, environment, ...metrics });
  const stop = async (): Promise<void> => {
    const isGood = await crew.close();
    await metrics?.server.close();
    if (!isGood) throw new Error('A worker did not end well.');
  };
  let url: string;
  try {
    [url] = (await once(crew, 'complete')) as [string];
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  crew.on('error', onFailed);
  let stopped: Promise<void> | undefined;
  return {
    url,
    metricsUrl: metrics?.server.url,
    restart: () => {
      crew.restart();
    },
    close: () => (stopped ??= stop()),
  };
}

interface SummedMetrics extends Required<Pick<CrewOptions, 'onFork'>> {
  readonly server: MetricsServer;
}

/** Serves the sum of the metrics of all workers. */
async function startMetrics(port: number, host: string): Promise<SummedMetrics> {
  const { WorkerMetrics } = await import('./worker-metrics.js');
  const metrics = new WorkerMetrics();
  return {
    server: await serveMetricsAlone(port, host, () => metrics.exposition()),
    onFork: (worker) => {
      metrics.add(worker);
    },
  };
}
