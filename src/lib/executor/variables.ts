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
import { coercionTo, hasConstants, type Coerce } from './inputs.js';
import type { Settings } from './settings.js';

/** Coerced variables, or why they cannot be. */
export type Variables =
  | { readonly coerced: VariableValues; readonly errors?: undefined }
  | { readonly errors: readonly GraphQLError[]; readonly coerced?: undefined };

/** @param inputs as the client sent them */
export type ReadVariables = (inputs: VariableValues) => Variables;

interface Rule {
  readonly name: string;
  readonly coerce: Coerce;
  /** What it is where it is not given; undefined where only graphql-js can tell. */
  readonly otherwise: { readonly value?: unknown } | undefined;
}

/** As graphql-js' `execute` has it. */
const MAX_ERRORS = 50;

/** {@link getVariableValues} for many executions: what it would find out each time is found out once, where that can be. */
export function variablesReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  { hideSuggestions }: Pick<Settings, 'hideSuggestions'>,
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
    const coerced = byRules(rules, inputs);
    return coerced === undefined ? read(inputs) : { coerced };
  };
}

/** Undefined where anything is out of the ordinary. */
function byRules(rules: readonly Rule[], inputs: VariableValues): VariableValues | undefined {
  const values: Record<string, unknown> = {};
  for (const { name, coerce, otherwise } of rules) {
    if (Object.hasOwn(inputs, name)) {
      const value = coerce(inputs[name]);
      if (value === undefined) return undefined;
      values[name] = value;
    } else if (otherwise === undefined) {
      return undefined;
    } else if ('value' in otherwise) {
      values[name] = otherwise.value;
    }
  }
  return values;
}

function ruleOf(schema: GraphQLSchema, definition: VariableDefinitionNode): Rule | undefined {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type) || name === '__proto__') return undefined;
  return { name, coerce: coercionTo(type), otherwise: otherwiseOf(definition, type) };
}

function otherwiseOf({ defaultValue }: VariableDefinitionNode, type: GraphQLInputType): Rule['otherwise'] {
  if (defaultValue === undefined) return isNonNullType(type) ? undefined : {};
  const value: unknown = hasConstants(type) ? valueFromAST(defaultValue, type) : undefined;
  return value === undefined ? undefined : { value };
}
