import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSchema } from '../../../src/graphql/schema.js';
import { compare, type Situation } from './differential.js';
import { executorsOf } from './same.js';
import { everySchema, inWorld } from './schema.js';
import type { Wildness } from './world.js';

const { CI, EXECUTION_DOCUMENTS, EXECUTION_SEED } = process.env;

/**
 * How many documents each schema is asked (in CI more), and from which seed. For a long search:
 *
 *     EXECUTION_DOCUMENTS=1000000 EXECUTION_SEED=$RANDOM npm test -- test/lib/executor
 *
 * In one of thousands of documents graphql-js itself leaves a rejection unhandled, which ends the process.
 */
const settings = {
  numRuns: Number(EXECUTION_DOCUMENTS ?? (CI === 'true' ? 1500 : 400)),
  seed: Number(EXECUTION_SEED ?? 1),
};

const MINUTES = 60_000;

const wildness: fc.Arbitrary<Wildness> = fc.constantFrom(
  { faults: 0, promises: 0 },
  { faults: 3, promises: 0 },
  { faults: 0, promises: 30 },
  { faults: 5, promises: 20 },
  { faults: 2, promises: 70 },
  { faults: 15, promises: 50 },
);

const situation: fc.Arbitrary<Situation> = fc.record({
  choices: fc.array(fc.nat({ max: 999 }), { maxLength: 200, size: 'max' }),
  seed: fc.nat(),
  wildness,
});

// Most errors here are made on purpose, and nobody reads where.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

describe.each([
  ['every kind of type', everySchema()],
  ['the types of the gateway', inWorld(createSchema())],
])('%s', (_what, schema) => {
  const executors = executorsOf(schema);

  test(
    'random documents have the results of graphql-js, whatever resolvers do',
    async () => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(situation, async (random) => {
          const comparison = await compare(schema, executors, random);
          if (comparison === undefined) return;
          compared += 1;
          for (const outcome of comparison.actual)
            expect({ ...comparison, outcome }).toEqual({ ...comparison, outcome: comparison.expected });
        }),
        settings,
      );
      expect(compared).toBeGreaterThan(settings.numRuns / 2);
    },
    10 * MINUTES,
  );
});
