import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasRedis } from '../../helpers/redis.js';
import { runSchedule } from './run-schedule.js';
import { schedule } from './schedule.js';
import { settings } from './settings.js';
import { World } from './world.js';

let world: World | undefined;

beforeAll(async () => {
  process.stderr.write(`${settings.schedules} schedules of seed ${settings.seed} (GAP_FREE_SEED)\n`);
});
afterAll(async () => {
  await world?.close();
});

(hasRedis ? it : it.skip)(
  'tells every subscriber of the last state, in order, whatever breaks meanwhile',
  async () => {
    world = await World.open();
    const schedules = fc.sample(schedule, { seed: settings.seed, numRuns: settings.schedules });
    for (const [index, one] of schedules.entries()) {
      const problems = await runSchedule(world, one);
      expect({ index, problems, ...(problems.length > 0 && { schedule: one }) }).toEqual({
        index,
        problems: [],
      });
    }
  },
  60_000 + settings.schedules * 20_000,
);
