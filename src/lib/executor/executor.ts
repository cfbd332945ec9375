import {
  assertValidSchema,
  execute,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { PlannedDocument } from './document.js';
import type { PromiseOrValue } from './operation.js';
import type { ExecutorSettings } from './settings.js';

export interface ExecutorArgs {
  /** A valid document. Its plan lives as long as this object, so pass the same one for each request. */
  readonly document: DocumentNode;
  /** May be omitted if the document has only one operation. */
  readonly operationName?: string | null | undefined;
  /** The context of resolvers. */
  readonly contextValue: unknown;
  /** As sent by the client, not coerced yet. */
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

export type ExecutorOptions = Partial<ExecutorSettings>;

const DEFAULTS: ExecutorSettings = { compileAfter: 100, hideSuggestions: false };

export type Executor = (args: ExecutorArgs) => PromiseOrValue<ExecutionResult>;

/**
 * Creates an executor for one schema. It returns the data and errors of graphql-js's `execute`, but plans each document once
 * instead of for each request.
 *
 * A field's resolver is read from the schema when the field is first planned, so changing it later has no effect. Objects in
 * results have a prototype, where graphql-js makes them without.
 *
 * @returns a function that returns a promise only if a resolver does
 * @throws {Error} if the schema is invalid
 */
export function createExecutor(schema: GraphQLSchema, options: ExecutorOptions = {}): Executor {
  assertValidSchema(schema);
  const settings = { ...DEFAULTS, ...options };
  const { hideSuggestions } = settings;
  const documents = new WeakMap<DocumentNode, PlannedDocument>();
  return (args) => {
    const { document, operationName, contextValue } = args;
    let planned = documents.get(document);
    if (planned === undefined) {
      planned = new PlannedDocument(schema, document, settings);
      documents.set(document, planned);
    }
    const operation = planned.operation(operationName);
    const variableValues = args.variableValues ?? {};
    if (operation === undefined || typeof variableValues !== 'object')
      return execute({ schema, hideSuggestions, ...args });
    return operation.execute(contextValue, variableValues);
  };
}
