import cluster, { type Worker } from 'node:cluster';
import { inspect } from 'node:util';
import { ConfigError } from '../../config.js';
import { startGateway, type Gateway, type GatewayOptions } from '../../server.js';
import { watchProcess } from '../../telemetry/process-failures.js';
import type { PrimaryMessage, WorkerMessage } from './messages.js';
import { RetiringServers } from './retiring-servers.js';
import { endWithinMs, retireWithinMs } from './timing.js';

export type WorkerOptions = Required<Pick<GatewayOptions, 'config' | 'logger'>> &
  Pick<GatewayOptions, 'firstQuery'>;

/** A signal to the whole process group is meant for the primary, which then messages its workers. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs a gateway in this worker process: handles the messages of the primary, and exits when the primary is gone. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('This process is not a worker.');
  for (const signal of SIGNALS) process.on(signal, ignore);
  const logger = options.logger.child({ worker: worker.id });
  await new GatewayWorker(worker, { ...options, logger }).run();
}

class GatewayWorker {
  readonly #worker: Worker;
  readonly #options: WorkerOptions;
  readonly #servers = new RetiringServers();
  #gateway: Gateway | undefined;
  #exitCode = 0;

  constructor(worker: Worker, options: WorkerOptions) {
    this.#worker = worker;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { config, logger } = this.#options;
    watchProcess({
      logger,
      // The primary replaces a worker that exits with this code.
      close: () => {
        this.#exitCode = 1;
        void this.#close();
      },
      withinMs: endWithinMs(config),
    });
    this.#worker.on('message', (message: PrimaryMessage) => void this.#handle(message));
    this.#worker.on('disconnect', () => {
      // Otherwise `node:cluster` exits the process at once and drops the requests in flight.
      this.#worker.exitedAfterDisconnect = true;
      void this.#close();
    });
    try {
      this.#gateway = await startGateway({
        ...this.#options,
        wrapServer: (createServer) => this.#servers.wrap(createServer),
      });
      this.#report({ url: this.#gateway.url });
    } catch (error) {
      this.#report({ failed: error instanceof ConfigError ? error.message : inspect(error) }, () =>
        process.exit(1),
      );
    }
  }

  async #handle(message: PrimaryMessage): Promise<void> {
    switch (message) {
      case 'retire':
        await this.#retire();
        break;
      case 'close':
        await this.#close();
        break;
      case 'metrics':
        await this.#reportMetrics();
    }
  }

  /** Resolves when the primary has received them, or is gone. */
  async #reportMetrics(): Promise<void> {
    const metrics = await this.#gateway?.metrics?.snapshot();
    if (metrics === undefined) return;
    await new Promise<void>((resolve) => {
      this.#report({ metrics }, () => {
        resolve();
      });
    });
  }

  async #retire(): Promise<void> {
    setTimeout(() => void this.#close(), retireWithinMs(this.#options.config));
    const retired = this.#servers.retire();
    // Otherwise streams would keep their connections open until the timeout.
    this.#gateway?.endStreams();
    await retired;
    await this.#close();
  }

  async #close(): Promise<void> {
    try {
      await this.#gateway?.close();
      await this.#reportMetrics();
      process.exit(this.#exitCode);
    } catch (error) {
      this.#options.logger.error({ err: error }, 'The worker failed to close.');
      process.exit(1);
    }
  }

  /** A message is lost only if the primary is gone; `disconnect` reports that. */
  #report(report: WorkerMessage, sent: () => void = ignore): void {
    this.#worker.send(report, sent);
  }
}

function ignore(): void {
  // Neither signals nor lost messages need handling here.
}
