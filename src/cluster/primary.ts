import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Config } from '../config.js';
import type { GatewayOptions } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { Crew } from './crew.js';
import { Office } from './office.js';
import { probePort } from './probe.js';
import type { WorkersFailed } from './workers-failed.js';

export interface ClusterOptions extends Pick<GatewayOptions, 'demandApiUrl' | 'firstQuery'> {
  readonly config: Config;
  readonly logger: Logger;
  /** Environment variables of the workers beside this process's own. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called where, after a good start, no worker is left and no new one gets ready. */
  readonly onFailed: (error: WorkersFailed) => void;
}

export interface Cluster {
  /** Where it listens, without a path, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Replaces all workers, one by one, and no request fails. */
  restart(): void;
  /** Has all workers close. @throws Error where one did not end well */
  close(): Promise<void>;
}

/**
 * Starts `config.workers` gateways in processes of their own behind one port. This process keeps what they share; it runs
 * no GraphQL.
 *
 * @throws Error where the port is taken
 * @throws {WorkersFailed} where no worker gets ready
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { config, logger, onFailed } = options;
  await probePort(config.port, config.host);
  // Workers take connections by themselves: one that is handed over by another process waits until its worker, which can
  // be busy, has fetched all those before it, each in a turn of its own.
  cluster.schedulingPolicy = cluster.SCHED_NONE;

  const office = new Office(options);
  const crew = new Crew({
    config,
    logger,
    hire: () => office.hire(),
    onReplaced: (worker) => {
      office.dismiss(worker);
    },
  });
  const stop = async (): Promise<void> => {
    office.close();
    if (!(await crew.close())) throw new Error('A worker did not end well.');
  };
  try {
    await once(crew, 'complete');
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  crew.on('error', onFailed);
  let stopped: Promise<void> | undefined;
  return {
    url: office.url,
    restart: () => {
      crew.restart();
    },
    close: () => (stopped ??= stop()),
  };
}
