import type { Logger } from '../telemetry/logger.js';
import type { Running } from './start.js';

/** Closes the gateway once and exits the process, with the highest exit code that was requested. */
export class ProcessEnd {
  readonly #logger: Logger;
  #running: Running | undefined;
  #code = 0;
  #isClosing = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Sets what to close before the process exits. Until then it exits at once. */
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
