import type { Logger } from '../telemetry/logger.js';
import type { ProcessEnd } from './process-end.js';
import type { Running } from './start.js';

/**
 * SIGTERM and SIGINT close the gateway, or exit a process that is still starting. The first process of a container (PID 1)
 * ignores signals without a listener, so the listeners are added before anything starts.
 */
export function endOnSignals(end: ProcessEnd, logger: Logger): void {
  const close = (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'Closing: finishing the requests in flight.');
    end.begin(0);
  };
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
}

/** SIGHUP replaces the workers, if there are any. */
export function restartOnSignal(running: Running): void {
  if (running.restart === undefined) return;
  process.on('SIGHUP', () => running.restart?.());
  // The first signal began to close. A signal to the whole process group may arrive twice and must not end the workers.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
}
