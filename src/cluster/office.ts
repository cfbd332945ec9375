import type { Config } from '../config.js';
import type { FirstQuery } from '../operations/first-query.js';
import type { Logger } from '../telemetry/logger.js';
import { processSharedState } from '../state/shared-state.js';
import { Balance } from './balance.js';
import type { FromWorker } from './messages.js';
import { tell } from './shared-memories.js';
import { BALANCE_EVERY_MS } from './timing.js';
import { WorkerProcess } from './worker-process.js';

export interface OfficeOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly demandApiUrl?: string;
  readonly firstQuery?: FirstQuery;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where workers report: it tells them what to serve and what they ask, and keeps their connections even. */
export class Office {
  readonly #options: OfficeOptions;
  readonly #memories = processSharedState();
  readonly #balance = new Balance();
  /** Those that listen. */
  readonly #serving = new Set<WorkerProcess>();
  readonly #timer: NodeJS.Timeout;
  /** Which port workers ask for. */
  #port: number;
  #url: string | undefined;

  constructor(options: OfficeOptions) {
    this.#options = options;
    this.#port = options.config.port;
    this.#timer = setInterval(() => {
      this.#balance.restore();
    }, BALANCE_EVERY_MS);
  }

  /** Where the workers listen, without a path, e.g. `http://127.0.0.1:4000`. @throws Error where none was ready yet */
  get url(): string {
    if (this.#url === undefined) throw new Error('No worker has been ready.');
    return this.#url;
  }

  hire(): WorkerProcess {
    const { logger, environment = {} } = this.#options;
    const worker = new WorkerProcess({
      logger,
      environment,
      onMessage: (message) => {
        this.#receive(message, worker);
      },
    });
    void worker.ended.then(() => {
      this.dismiss(worker);
    });
    return worker;
  }

  /** A worker takes no more connections. */
  dismiss(worker: WorkerProcess): void {
    this.#serving.delete(worker);
    this.#balance.forget(worker);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #receive(message: FromWorker, worker: WorkerProcess): void {
    switch (message.type) {
      case 'here':
        this.#start(worker);
        return;
      case 'ready':
        this.#open(worker, message.url);
        return;
      case 'failed':
        return;
      case 'connections':
        if (this.#serving.has(worker)) this.#balance.note(worker, message.count);
        return;
      case 'ask':
        void tell(message.ask, this.#memories).then((told) => {
          worker.send({ type: 'told', id: message.id, told });
        });
    }
  }

  #start(worker: WorkerProcess): void {
    const { demandApiUrl, firstQuery } = this.#options;
    // Any free port is the same one for all who ask while one of them has it, and another after that.
    if (this.#serving.size === 0 && this.#url !== undefined) this.#port = portOf(this.#url);
    worker.send({ type: 'start', port: this.#port, demandApiUrl, firstQuery });
  }

  #open(worker: WorkerProcess, url: string): void {
    this.#url ??= url;
    if (portOf(url) !== portOf(this.#url)) {
      // All others died just when it asked for any free port.
      worker.kill();
      return;
    }
    this.#serving.add(worker);
    this.#balance.note(worker, 0);
    this.#options.logger.info({ worker: worker.id, pid: worker.pid }, 'A worker is ready.');
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port || 80);
}
