import { describe, test } from '@jest/globals';
import { createSchema } from '../../src/graphql/schema.js';
import { expectSameForRandomOperations } from '../lib/executor/differential.js';
import { withRandomResolvers } from '../lib/executor/schema.js';
import type { Timing } from '../lib/executor/timing.js';

const DOCUMENTS = process.env['CI'] === 'true' ? 300 : 100;

describe('the executor returns the results of graphql-js for random documents over the schema', () => {
  const schema = withRandomResolvers(createSchema());

  test.each<Timing>(['tasks', 'microtasks'])(
    'when promises settle in %s',
    (timing) => expectSameForRandomOperations(schema, { timing, documents: DOCUMENTS, seed: 1 }),
    60_000,
  );
});
