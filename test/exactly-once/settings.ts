import { randomInt } from 'node:crypto';

const { CI, EXACTLY_ONCE_SCHEDULES, EXACTLY_ONCE_SEED } = process.env;

/**
 * How many schedules all files run together, and from which seed. For a long search, an hour or so:
 *
 *     EXACTLY_ONCE_SCHEDULES=200000 npm test -- test/exactly-once
 *
 * and to see again what a seed has found:
 *
 *     EXACTLY_ONCE_SEED=1234 npm test -- test/exactly-once
 */
export const settings = {
  schedules: Number(EXACTLY_ONCE_SCHEDULES ?? (CI === 'true' ? 2000 : 100)),
  seed: Number(EXACTLY_ONCE_SEED ?? randomInt(2 ** 31)),
};

/** Past Jest's console, which would wrap it in a stack. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
