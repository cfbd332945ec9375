import {
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import type { VariableValues } from './execution.js';

/** Coerced variables, or why they cannot be. */
export type Variables =
  | { readonly coerced: VariableValues; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[]; readonly coerced?: undefined };

export type ReadVariables = (inputs: VariableValues) => Variables;

/** As `execute` does it. */
const MAX_ERRORS = 50;

export function variablesReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): ReadVariables {
  return (inputs) => getVariableValues(schema, definitions, inputs, { maxErrors: MAX_ERRORS });
}
