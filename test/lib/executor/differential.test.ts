import { describe, test } from '@jest/globals';
import { expectSameForRandomOperations } from './differential.js';
import { createTestSchema } from './schema.js';
import type { Timing } from './timing.js';

const { CI, EXECUTION_DOCUMENTS, EXECUTION_SEED } = process.env;

/**
 * The number of random documents and their seed. For a long search:
 *
 *     EXECUTION_DOCUMENTS=1000000 EXECUTION_SEED=$RANDOM npm test -- test/lib/executor/differential
 */
const documents = Number(EXECUTION_DOCUMENTS ?? (CI === 'true' ? 1500 : 200));
const seed = Number(EXECUTION_SEED ?? 1);

const MINUTES = 60_000;

describe('returns the results of graphql-js for random documents, whatever resolvers do', () => {
  const schema = createTestSchema();

  test.each<[string, Timing, number]>([
    ['if each promise settles in a task of its own', 'tasks', documents],
    ['except for the order of errors, if promises race', 'microtasks', documents],
    ['except for the order of errors, if promises take milliseconds', 'timers', documents / 10],
  ])(
    '%s',
    (_when, timing, count) => expectSameForRandomOperations(schema, { timing, documents: count, seed }),
    10 * MINUTES,
  );
});
