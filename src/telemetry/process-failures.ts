import type { Logger } from './logger.js';

/** The unhandled failures of this process so far. */
const processFailures = { unhandledRejections: 0, uncaughtExceptions: 0 };

export interface WatchOptions {
  readonly logger: Logger;
  /** Called once, at the first uncaught exception. It should finish the requests in flight and exit with 1. */
  readonly close: () => void;
  /** After this time the process exits with 1 even if it has not finished, in milliseconds. */
  readonly withinMs: number;
}

/**
 * Logs and counts unhandled failures. After a rejection the process goes on, since only the work behind that promise has failed.
 * After an exception its state is unknown, so it closes for a supervisor to start another.
 */
export function watchProcess({ logger, close, withinMs }: WatchOptions): void {
  process.on('unhandledRejection', (reason) => {
    processFailures.unhandledRejections += 1;
    const { unhandledRejections } = processFailures;
    logger.error({ err: reason, unhandledRejections }, 'A promise was rejected and not handled.');
  });
  process.on('uncaughtException', (error) => {
    processFailures.uncaughtExceptions += 1;
    logger.fatal({ err: error }, 'An exception was not caught. The process is closing.');
    if (processFailures.uncaughtExceptions > 1) return;
    setTimeout(() => process.exit(1), withinMs).unref();
    close();
  });
}
