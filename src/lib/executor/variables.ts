import {
  getVariableValues,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import type { VariableValues } from './execution.js';
import { coercionFor, hasConstantLiterals, type Coerce } from './inputs.js';
import type { ExecutorSettings } from './settings.js';

/** Coerced variables, or the errors of coercion. */
type CoercedVariables =
  | { readonly coerced: VariableValues; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[]; readonly coerced?: undefined };

/** @param inputs as sent by the client */
export type ReadVariables = (inputs: VariableValues) => CoercedVariables;

interface Rule {
  readonly name: string;
  readonly coerce: Coerce;
  /** The value if the variable is not given, if any; undefined if this case is left to graphql-js. */
  readonly fallback: { readonly value?: unknown } | undefined;
}

/** The value in graphql-js's `execute`. */
const MAX_ERRORS = 50;

/** Does what {@link getVariableValues} does, but prepares it once for all executions. Unusual cases are left to graphql-js. */
export function variablesReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  { hideSuggestions }: Pick<ExecutorSettings, 'hideSuggestions'>,
): ReadVariables {
  const read: ReadVariables = (inputs) =>
    getVariableValues(schema, definitions, inputs, { maxErrors: MAX_ERRORS, hideSuggestions });
  const rules: Rule[] = [];
  for (const definition of definitions) {
    const rule = ruleOf(schema, definition);
    if (rule === undefined) return read;
    rules.push(rule);
  }
  return (inputs) => {
    const coerced = applyRules(rules, inputs);
    return coerced === undefined ? read(inputs) : { coerced };
  };
}

/** @returns undefined for variables that are left to graphql-js */
function applyRules(rules: readonly Rule[], inputs: VariableValues): VariableValues | undefined {
  const values: Record<string, unknown> = {};
  for (const { name, coerce, fallback } of rules) {
    if (Object.hasOwn(inputs, name)) {
      const value = coerce(inputs[name]);
      if (value === undefined) return undefined;
      values[name] = value;
    } else if (fallback === undefined) {
      return undefined;
    } else if ('value' in fallback) {
      values[name] = fallback.value;
    }
  }
  return values;
}

function ruleOf(schema: GraphQLSchema, definition: VariableDefinitionNode): Rule | undefined {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type) || name === '__proto__') return undefined;
  return { name, coerce: coercionFor(type), fallback: fallbackFor(definition, type) };
}

function fallbackFor({ defaultValue }: VariableDefinitionNode, type: GraphQLInputType): Rule['fallback'] {
  if (defaultValue === undefined) return isNonNullType(type) ? undefined : {};
  const value: unknown = hasConstantLiterals(type) ? valueFromAST(defaultValue, type) : undefined;
  return value === undefined ? undefined : { value };
}
