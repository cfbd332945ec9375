import { setImmediate } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { execute, parse, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createExecutor, type Executor } from '../../../src/lib/executor/executor.js';
import { withoutLooseEnds } from './loose-ends.js';
import { told } from './told.js';

export interface Given {
  /** Makes the context anew for each execution, so that none meets what another one has used up. */
  readonly context?: () => unknown;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** The executors that must do the same: with code from the first time on, and without. */
export function executorsOf(schema: GraphQLSchema): readonly Executor[] {
  return [createExecutor(schema, { codeAfter: 0 }), createExecutor(schema, { codeAfter: Infinity })];
}

/** Expects that a document has the result that it has with graphql-js, the second time as well, and returns it. */
export async function expectSame(
  schema: GraphQLSchema,
  source: string,
  { context, variables, operationName }: Given = {},
): Promise<ExecutionResult> {
  const { document, executors } = plannedOnce(schema, source);
  const args = () => ({
    document,
    operationName,
    contextValue: context?.(),
    variableValues: variables,
  });
  let isPromise = false;
  const expected = await withoutLooseEnds(async () => {
    const answer = execute({ schema, ...args() });
    isPromise = answer instanceof Promise;
    const result = await answer;
    // What was left behind may still come.
    await setImmediate();
    return result;
  });
  const actual = [];
  for (const executor of [...executors, ...executors]) {
    const answer = executor(args());
    actual.push({ isPromise: answer instanceof Promise, told: told(await answer) });
  }
  // Once for all: there are tens of thousands of cases.
  expect(actual).toEqual(actual.map(() => ({ isPromise, told: told(expected) })));
  return expected;
}

/** A document and its executors: what they have found out of it does not hang on what it is executed with. */
interface Planned {
  readonly document: DocumentNode;
  readonly executors: readonly Executor[];
}

const planned = new WeakMap<GraphQLSchema, Map<string, Planned>>();

function plannedOnce(schema: GraphQLSchema, source: string): Planned {
  const ofSchema = planned.get(schema) ?? new Map<string, Planned>();
  planned.set(schema, ofSchema);
  const known = ofSchema.get(source) ?? { document: parse(source), executors: executorsOf(schema) };
  ofSchema.set(source, known);
  return known;
}

/** The messages of a result's errors. */
export function messages({ errors }: ExecutionResult): readonly string[] {
  return errors?.map(({ message }) => message) ?? [];
}
