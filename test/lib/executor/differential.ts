/** Random operations, executed by graphql-js and by this executor. */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { execute, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Executor } from '../../../src/lib/executor/executor.js';
import { createExecutors } from './expect-same-result.js';
import { RandomData, type FaultRates } from './random-data.js';
import { randomOperation } from './random-documents.js';
import { Choices } from './random.js';
import { serialized, serializedRegardlessOfRaces } from './serialize.js';
import type { Timing } from './timing.js';
import { withoutUnhandledRejections } from './unhandled-rejections.js';
import { withoutStackTraces } from './without-stack-traces.js';

/** A random operation over random data. */
interface Scenario {
  readonly choices: readonly number[];
  readonly seed: number;
  readonly rates: FaultRates;
}

interface Outcome {
  readonly result: string;
  readonly isPromise: boolean;
  readonly calls: readonly string[];
}

interface Comparison {
  readonly source: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly expected: Outcome;
  readonly actual: readonly Outcome[];
}

export interface DifferentialOptions {
  readonly timing: Timing;
  readonly documents: number;
  readonly seed: number;
}

const rates: fc.Arbitrary<FaultRates> = fc.constantFrom(
  { faults: 0, promises: 0 },
  { faults: 3, promises: 0 },
  { faults: 0, promises: 30 },
  { faults: 5, promises: 20 },
  { faults: 2, promises: 70 },
  { faults: 15, promises: 50 },
);

const scenario: fc.Arbitrary<Scenario> = fc.record({
  choices: fc.array(fc.nat({ max: 999 }), { maxLength: 200, size: 'max' }),
  seed: fc.nat(),
  rates,
});

/** Expects that random operations over a schema with random resolvers have the results that graphql-js gives. */
export async function expectSameForRandomOperations(
  schema: GraphQLSchema,
  { timing, documents, seed }: DifferentialOptions,
): Promise<void> {
  const executors = createExecutors(schema);
  let compared = 0;
  const property = fc.asyncProperty(scenario, async (random) => {
    const comparison = await compare(schema, executors, random, timing);
    if (comparison === undefined) return;
    compared += 1;
    for (const outcome of comparison.actual)
      expect({ ...comparison, outcome }).toEqual({ ...comparison, outcome: comparison.expected });
  });
  await withoutStackTraces(async () => fc.assert(property, { numRuns: documents, seed }));
  expect(compared).toBeGreaterThan(documents / 2);
}

/** @returns undefined if the random operation is invalid */
async function compare(
  schema: GraphQLSchema,
  executors: readonly Executor[],
  { choices, seed, rates: faultRates }: Scenario,
  timing: Timing,
): Promise<Comparison | undefined> {
  const { source, variableValues } = randomOperation(schema, new Choices(choices));
  const document = parse(source);
  if (validate(schema, document).length > 0) return undefined;
  const run = (executor: Executor) =>
    outcomeOf(executor, document, variableValues, new RandomData(schema, seed, faultRates, timing));
  const expected = await withoutUnhandledRejections(() => run((args) => execute({ schema, ...args })));
  const actual: Outcome[] = [];
  for (const executor of executors) actual.push(await run(executor));
  return { source, variableValues, expected, actual };
}

async function outcomeOf(
  executor: Executor,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
  data: RandomData,
): Promise<Outcome> {
  const response = executor({ document, contextValue: data, variableValues });
  const settled = await response;
  // Before abandoned promises settle: nothing may be added to a result that has been returned.
  const result = data.hasRaces ? serializedRegardlessOfRaces(settled) : serialized(settled);
  await data.schedule.idle();
  // Sorted, because a mutation's next field may start before abandoned promises of the previous one settle.
  return { result, isPromise: response instanceof Promise, calls: data.calls.toSorted() };
}
