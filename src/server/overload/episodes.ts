import type { Logger } from '../../telemetry/logger.js';

/** What was refused lately, and why. */
export interface Refusals {
  readonly refused: number;
  readonly inFlight: number;
  /** The requests in flight from which on others are refused. */
  readonly limit: number;
}

/** So many looks without a refusal end an episode. */
const OVER_AFTER = 50;

/**
 * One line in the log when refusing begins and one when it is over, however often it comes and goes in between: logging
 * each refusal would cost more than the refusal.
 */
export function reportEpisodes(logger: Pick<Logger, 'warn' | 'info'>): (lately: Refusals) => void {
  let sum = 0;
  let quiet = 0;
  return ({ refused, inFlight, limit }) => {
    if (refused > 0 && sum === 0) logger.warn({ inFlight, limit }, 'Overloaded: requests are refused.');
    sum += refused;
    quiet = refused > 0 ? 0 : quiet + 1;
    if (sum === 0 || quiet < OVER_AFTER) return;
    logger.info({ refused: sum }, 'Not overloaded any more.');
    sum = 0;
  };
}
