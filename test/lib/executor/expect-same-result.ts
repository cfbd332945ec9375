import { setImmediate } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { execute, parse, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createExecutor, type Executor } from '../../../src/lib/executor/executor.js';
import { serialized } from './serialize.js';
import { withoutUnhandledRejections } from './unhandled-rejections.js';

export interface OperationInput {
  /** Creates a new context for each execution, because some can be used only once. */
  readonly context?: () => unknown;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
  /** How results are compared. Default: exactly. */
  readonly serialize?: (result: ExecutionResult) => string;
}

/** Executors with and without generated code. */
export function createExecutors(schema: GraphQLSchema): readonly Executor[] {
  return [createExecutor(schema, { compileAfter: 0 }), createExecutor(schema, { compileAfter: Infinity })];
}

/** Expects the result of graphql-js from each executor, twice. Returns that result. */
export async function expectSameResult(
  schema: GraphQLSchema,
  source: string,
  { context, variables, operationName, serialize = serialized }: OperationInput = {},
): Promise<ExecutionResult> {
  const { document, executors } = planOnce(schema, source);
  const args = () => ({
    document,
    operationName,
    contextValue: context?.(),
    variableValues: variables,
  });
  let isPromise = false;
  const expected = await withoutUnhandledRejections(async () => {
    const response = execute({ schema, ...args() });
    isPromise = response instanceof Promise;
    const result = await response;
    // Lets abandoned promises settle.
    await setImmediate();
    return result;
  });
  const actual = [];
  for (const executor of [...executors, ...executors]) {
    const response = executor(args());
    actual.push({ isPromise: response instanceof Promise, result: serialize(await response) });
  }
  // One assertion for all results, because there are tens of thousands of cases.
  expect(actual).toEqual(actual.map(() => ({ isPromise, result: serialize(expected) })));
  return expected;
}

interface PlannedDocument {
  readonly document: DocumentNode;
  readonly executors: readonly Executor[];
}

const planned = new WeakMap<GraphQLSchema, Map<string, PlannedDocument>>();

/** Plans are shared between executions, as in production. */
function planOnce(schema: GraphQLSchema, source: string): PlannedDocument {
  const ofSchema = planned.get(schema) ?? new Map<string, PlannedDocument>();
  planned.set(schema, ofSchema);
  const known = ofSchema.get(source) ?? { document: parse(source), executors: createExecutors(schema) };
  ofSchema.set(source, known);
  return known;
}

export function messages({ errors }: ExecutionResult): readonly string[] {
  return errors?.map(({ message }) => message) ?? [];
}
