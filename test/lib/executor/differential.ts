import { execute, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Executor } from '../../../src/lib/executor/executor.js';
import { randomOperation } from './documents.js';
import { Choices } from './random.js';
import { withoutLooseEnds } from './loose-ends.js';
import { told } from './told.js';
import { World, type Wildness } from './world.js';

/** A random operation in a random world. */
export interface Situation {
  readonly choices: readonly number[];
  readonly seed: number;
  readonly wildness: Wildness;
}

export interface Outcome {
  readonly result: string;
  readonly isPromise: boolean;
  readonly calls: readonly string[];
}

export interface Comparison {
  readonly source: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly expected: Outcome;
  readonly actual: readonly Outcome[];
}

/** Turns of the microtask queue after which nothing is under way any more. */
const TURNS = 100;

/**
 * Executes a random operation with graphql-js and with each of the executors.
 *
 * @returns undefined where the operation is not valid
 */
export async function compare(
  schema: GraphQLSchema,
  executors: readonly Executor[],
  { choices, seed, wildness }: Situation,
): Promise<Comparison | undefined> {
  const { source, variableValues } = randomOperation(schema, new Choices(choices));
  const document = parse(source);
  if (validate(schema, document).length > 0) return undefined;
  const run = (executor: Executor) =>
    outcome(executor, document, variableValues, new World(schema, seed, wildness));
  const expected = await withoutLooseEnds(() => run((args) => execute({ schema, ...args })));
  const actual: Outcome[] = [];
  for (const executor of executors) actual.push(await run(executor));
  return { source, variableValues, expected, actual };
}

async function outcome(
  executor: Executor,
  document: DocumentNode,
  variableValues: Readonly<Record<string, unknown>>,
  world: World,
): Promise<Outcome> {
  const answer = executor({ document, contextValue: world, variableValues });
  const result = await answer;
  for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
  // In any order: a mutation's next field may begin before what is left of the one before it goes on.
  const calls = world.calls.toSorted();
  return { result: told(result), isPromise: answer instanceof Promise, calls };
}
