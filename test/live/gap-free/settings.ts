import { randomInt } from 'node:crypto';

const { CI, GAP_FREE_SCHEDULES, GAP_FREE_SEED } = process.env;

/**
 * The number of schedules, and their seed. For a long search:
 *
 *     GAP_FREE_SCHEDULES=500 npm test -- test/live/gap-free
 *
 * and to reproduce a finding:
 *
 *     GAP_FREE_SEED=1234 npm test -- test/live/gap-free
 */
export const settings = {
  schedules: Number(GAP_FREE_SCHEDULES ?? (CI === 'true' ? 50 : 5)),
  seed: Number(GAP_FREE_SEED ?? randomInt(2 ** 31)),
};
