import { once } from 'node:events';
import type { Config } from '../config.js';
import type { GatewayOptions } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { memoriesOfProcess } from '../upstream/memories.js';
import { Crew } from './crew.js';
import { Distribution } from './distribution.js';
import type { FromWorker, ToWorker } from './messages.js';
import { openPort } from './port.js';
import { tell } from './shared-memories.js';
import { WorkerProcess } from './worker-process.js';
import type { WorkersFailed } from './workers-failed.js';

export interface ClusterOptions extends Pick<GatewayOptions, 'demandApiUrl' | 'firstQuery'> {
  readonly config: Config;
  readonly logger: Logger;
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
 * Starts `config.workers` gateways in processes of their own behind one port. This process listens, shares connections
 * out among them, and keeps what they share; it runs no GraphQL.
 *
 * @throws Error where the port is taken
 * @throws {WorkersFailed} where no worker gets ready
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { config, logger, demandApiUrl, firstQuery } = options;
  const distribution = new Distribution();
  const port = await openPort({
    host: config.host,
    port: config.port,
    onConnection: (socket) => {
      distribution.place(socket);
    },
    onError: (error) => {
      logger.error({ err: error }, 'Connections cannot be accepted.');
    },
  });
  let isClosing = false;
  const closeUnlessTaken = () => {
    if (!isClosing || distribution.isOpen) return;
    port.close();
    distribution.end();
  };

  const onMessage = createReceiver({
    logger,
    distribution,
    toServe: { address: port.address, demandApiUrl, firstQuery },
    onFull: closeUnlessTaken,
  });
  const hire = () => {
    const worker = new WorkerProcess({ logger, onMessage });
    void worker.ended.then(() => {
      distribution.lost(worker);
      closeUnlessTaken();
    });
    return worker;
  };
  const onReplaced = (worker: WorkerProcess) => {
    distribution.stop(worker);
  };
  const crew = new Crew({ config, logger, hire, onReplaced });
  const stop = async (): Promise<void> => {
    isClosing = true;
    closeUnlessTaken();
    if (!(await crew.close())) throw new Error('A worker did not end well.');
  };
  try {
    await once(crew, 'complete');
  } catch (error) {
    await stop();
    throw error;
  }
  crew.on('error', options.onFailed);
  let stopped: Promise<void> | undefined;
  return {
    url: port.url,
    restart: () => {
      crew.restart();
    },
    close: () => (stopped ??= stop()),
  };
}

interface ReceiverOptions {
  readonly logger: Logger;
  readonly distribution: Distribution;
  /** What workers are to serve. */
  readonly toServe: Omit<Extract<ToWorker, { type: 'start' }>, 'type'>;
  /** Called when a worker takes no more connections. */
  readonly onFull: () => void;
}

/** Does what workers ask for. */
function createReceiver({ logger, distribution, toServe, onFull }: ReceiverOptions) {
  const memories = memoriesOfProcess();
  return (message: FromWorker, worker: WorkerProcess): void => {
    switch (message.type) {
      case 'here':
        worker.send({ type: 'start', ...toServe });
        return;
      case 'ready':
        logger.info({ worker: worker.id, pid: worker.pid }, 'A worker is ready.');
        distribution.add(worker);
        return;
      case 'failed':
        return;
      case 'took':
        distribution.took(worker, message.connection);
        return;
      case 'left':
        distribution.left(worker);
        return;
      case 'full':
        distribution.stop(worker);
        onFull();
        return;
      case 'ask':
        void tell(message.ask, memories).then((told) => {
          worker.send({ type: 'told', id: message.id, told });
        });
    }
  };
}
