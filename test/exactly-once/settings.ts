import { randomInt } from 'node:crypto';

const { CI, EXACTLY_ONCE_SCHEDULES, EXACTLY_ONCE_SEED } = process.env;

/**
 * The number of schedules in all files together, and their seed. For a long search of about an hour:
 *
 *     EXACTLY_ONCE_SCHEDULES=200000 npm test -- test/exactly-once
 *
 * and to reproduce a finding:
 *
 *     EXACTLY_ONCE_SEED=1234 npm test -- test/exactly-once
 */
export const settings = {
  schedules: Number(EXACTLY_ONCE_SCHEDULES ?? (CI === 'true' ? 2000 : 60)),
  /** The number of schedules in `AUTH_MODE=service`. */
  serviceSchedules: Math.ceil(Number(EXACTLY_ONCE_SCHEDULES ?? (CI === 'true' ? 2000 : 60)) / 4),
  seed: Number(EXACTLY_ONCE_SEED ?? randomInt(2 ** 31)),
};

/** Bypasses Jest's console, which would add a stack trace. */
export function printLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
