import type { Logger } from '../telemetry/logger.js';
import type { ProcessEnd } from './process-end.js';
import type { Running } from './start.js';

/**
 * SIGTERM and SIGINT close what runs, or end a process that is still starting. A container's first process (PID 1) ignores
 * signals that it has no listener for, so these are listened for before anything starts.
 */
export function endOnSignals(end: ProcessEnd, logger: Logger): void {
  const close = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'Closing: requests under way are finished.');
    end.begin(0);
  };
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
}

/** SIGHUP replaces the workers, where there are any, and else does what it always does. */
export function restartOnSignal(running: Running): void {
  if (running.restart === undefined) return;
  process.on('SIGHUP', () => running.restart?.());
  // With the first of them, closing has begun. Who signals the whole group can do it twice, and the workers need no haste.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
