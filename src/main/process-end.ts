import type { Logger } from '../telemetry/logger.js';
import type { Running } from './start.js';

/** The end of the process: what runs is closed once, and the exit code is the highest that was asked for. */
export class ProcessEnd {
  readonly #logger: Logger;
  #running: Running | undefined;
  #code = 0;
  #isClosing = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Says what is to be closed first. Until then the process ends at once. */
  closes(running: Running): void {
    this.#running = running;
  }

  begin(code: 0 | 1): void {
    this.#code = Math.max(this.#code, code);
    if (this.#running === undefined) process.exit(this.#code);
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#running.close().then(
      () => process.exit(this.#code),
      (error: unknown) => {
        this.#logger.error({ err: error }, 'Closing failed.');
        process.exit(1);
      },
    );
  }
}
