import type { Logger } from '../telemetry/logger.js';
import type { Running } from './start.js';

/** SIGTERM and SIGINT close; SIGHUP replaces the workers, where there are any, and else does what it always does. */
export function obeySignals(running: Running, logger: Logger): void {
  const close = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'Closing: requests under way are finished.');
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Closing failed.');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
  if (running.restart === undefined) return;
  process.on('SIGHUP', () => running.restart?.());
  // With the first of them, closing has begun. Who signals the whole group can do it twice, and the workers need no haste.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
