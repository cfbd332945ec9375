import type { Logger } from './logger.js';

/** What has failed in this process so far, and nothing was there to handle it. */
export const processFailures = { unhandledRejections: 0, uncaughtExceptions: 0 };

export interface WatchOptions {
  readonly logger: Logger;
  /** Called once, with the first exception that nothing caught: it is to finish what is under way, and end with 1. */
  readonly close: () => void;
  /** When the process ends with 1 even if it has not finished, in milliseconds. */
  readonly withinMs: number;
}

/**
 * Logs and counts what nothing handles. After a rejection the process goes on: whatever it was about has failed, and
 * nothing else. After an exception its state is in doubt, so it closes, and whoever started it can start another.
 */
export function watchProcess({ logger, close, withinMs }: WatchOptions): void {
  process.on('unhandledRejection', (reason) => {
    processFailures.unhandledRejections += 1;
    const { unhandledRejections } = processFailures;
    logger.error({ err: reason, unhandledRejections }, 'A promise was rejected, and nothing handled that.');
  });
  process.on('uncaughtException', (error) => {
    processFailures.uncaughtExceptions += 1;
    logger.fatal({ err: error }, 'An exception was not caught. The process closes.');
    if (processFailures.uncaughtExceptions > 1) return;
    setTimeout(() => process.exit(1), withinMs).unref();
    close();
  });
}
