import cluster, { type Worker } from 'node:cluster';
import { inspect } from 'node:util';
import type { Config } from '../config.js';
import { startGateway, type Gateway } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { watchProcess } from '../telemetry/process-failures.js';
import { Asks } from './asks.js';
import { HttpServers } from './http-servers.js';
import { isToWorker, type Ask, type FromWorker, type ToWorker } from './messages.js';
import { sharedMemories } from './shared-memories.js';
import { COUNT_EVERY_MS, endWithinMs, retireWithinMs } from './timing.js';

/** How long the primary may take for an answer; it gives each at once. */
const TOLD_WITHIN_MS = 2000;

/** Those who signal a whole group of processes mean the primary: it has its workers end, or be replaced. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Makes this process a worker: it does what the primary says, and ends when that is gone. */
export function runWorker(config: Config, logger: Logger): void {
  const { worker } = cluster;
  if (worker === undefined) throw new Error('This process is no worker.');
  for (const signal of SIGNALS) process.on(signal, ignore);
  new GatewayWorker(worker, config, logger.child({ worker: worker.id })).run();
}

class GatewayWorker {
  readonly #worker: Worker;
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #asks = new Asks((message) => {
    this.#send(message);
  });
  readonly #servers = new HttpServers();
  /** What the process ends with. */
  #code = 0;
  #gateway: Gateway | undefined;
  #counted = 0;

  constructor(worker: Worker, config: Config, logger: Logger) {
    this.#worker = worker;
    this.#config = config;
    this.#logger = logger;
  }

  run(): void {
    watchProcess({
      logger: this.#logger,
      // The primary puts another worker in the place of one that ends like this.
      close: () => {
        this.#code = 1;
        void this.#close();
      },
      withinMs: endWithinMs(this.#config),
    });
    this.#worker.on('message', (received: unknown) => {
      if (isToWorker(received)) this.#receive(received);
      else this.#logger.error('The primary process sent what makes no sense.');
    });
    this.#worker.on('disconnect', () => {
      // Else `node:cluster` ends the process at once, and requests under way with it.
      this.#worker.exitedAfterDisconnect = true;
      this.#asks.end();
      void this.#close();
    });
    this.#send({ type: 'here' });
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case 'start':
        void this.#start(message);
        return;
      case 'shed':
        this.#servers.shed(message.connections);
        return;
      case 'retire':
        void this.#retire();
        return;
      case 'close':
        void this.#close();
        return;
      case 'told':
        this.#asks.answered(message.id, message.told);
    }
  }

  async #start({ port, demandApiUrl, firstQuery }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
    const { requestTimeoutMs } = this.#config;
    const ask = (question: Ask) => this.#asks.ask(question);
    try {
      this.#gateway = await startGateway({
        config: { ...this.#config, port },
        logger: this.#logger,
        wrapServer: (createServer) => this.#servers.wrap(createServer),
        sharedState: sharedMemories(ask, Math.min(TOLD_WITHIN_MS, requestTimeoutMs)),
        ...(demandApiUrl !== undefined && { demandApiUrl }),
        ...(firstQuery !== undefined && { firstQuery }),
      });
      this.#send({ type: 'ready', url: this.#gateway.url });
      setInterval(() => void this.#count(), COUNT_EVERY_MS).unref();
    } catch (error) {
      const failed: FromWorker = { type: 'failed', message: inspect(error) };
      this.#worker.send(failed, () => process.exit(1));
    }
  }

  async #count(): Promise<void> {
    const count = await this.#servers.count();
    if (count === this.#counted) return;
    this.#counted = count;
    this.#send({ type: 'connections', count });
  }

  async #retire(): Promise<void> {
    setTimeout(() => void this.#close(), retireWithinMs(this.#config));
    await this.#servers.retire();
    process.exit(this.#code);
  }

  async #close(): Promise<void> {
    try {
      await this.#gateway?.close();
      process.exit(this.#code);
    } catch (error) {
      this.#logger.error({ err: error }, 'Closing failed.');
      process.exit(1);
    }
  }

  #send(message: FromWorker): void {
    this.#worker.send(message, ignore);
  }
}

/** A message to a primary that is gone: its end is heard of. */
function ignore(): void {
  // Nothing to do.
}
