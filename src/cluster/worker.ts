import cluster, { type Worker } from 'node:cluster';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import type { Config } from '../config.js';
import { startGateway, type Gateway } from '../server.js';
import type { Logger } from '../telemetry/logger.js';
import { Asks } from './asks.js';
import { HandedServer } from './handed-server.js';
import { isToWorker, type Ask, type FromWorker, type ToWorker } from './messages.js';
import { sharedMemories } from './shared-memories.js';
import { retireWithinMs } from './timing.js';

/** How long the primary may take for an answer; it gives each at once. */
const TOLD_WITHIN_MS = 2000;

/** Those who signal a whole group of processes mean the primary: it has its workers end, or be replaced. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

interface Serving {
  readonly gateway: Gateway;
  readonly server: HandedServer;
}

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
  #serving: Serving | undefined;

  constructor(worker: Worker, config: Config, logger: Logger) {
    this.#worker = worker;
    this.#config = config;
    this.#logger = logger;
  }

  run(): void {
    this.#worker.on('message', (received: unknown, handle: unknown) => {
      if (isToWorker(received)) this.#receive(received, handle);
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

  #receive(message: ToWorker, handle: unknown): void {
    switch (message.type) {
      case 'start':
        void this.#start(message);
        return;
      case 'connection':
        this.#send({ type: 'took', connection: message.connection });
        if (handle instanceof Socket) this.#serving?.server.take(handle);
        else this.#send({ type: 'left' });
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

  async #start({ address, demandApiUrl, firstQuery }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
    const { requestTimeoutMs } = this.#config;
    const ask = (question: Ask) => this.#asks.ask(question);
    const server = new HandedServer({
      address,
      onLeft: () => {
        this.#send({ type: 'left' });
      },
      onFull: () => {
        this.#send({ type: 'full' });
      },
    });
    try {
      const gateway = await startGateway({
        config: { ...this.#config, host: address.address, port: address.port },
        logger: this.#logger,
        serverFactory: server.factory,
        memories: sharedMemories(ask, Math.min(TOLD_WITHIN_MS, requestTimeoutMs)),
        ...(demandApiUrl !== undefined && { demandApiUrl }),
        ...(firstQuery !== undefined && { firstQuery }),
      });
      this.#serving = { gateway, server };
      this.#send({ type: 'ready' });
    } catch (error) {
      const failed: FromWorker = { type: 'failed', message: inspect(error) };
      this.#worker.send(failed, () => process.exit(1));
    }
  }

  async #retire(): Promise<void> {
    setTimeout(() => void this.#close(), retireWithinMs(this.#config));
    await this.#serving?.server.retire();
    process.exit(0);
  }

  async #close(): Promise<void> {
    try {
      await this.#serving?.gateway.close();
      process.exit(0);
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
