import {
  getArgumentValues,
  isNonNullType,
  Kind,
  valueFromAST,
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
} from 'graphql';
import type { VariableValues } from './execution.js';
import { hasConstantLiterals } from './inputs.js';

/** Returns the arguments of a field as a new object. */
export type ReadArguments = (variableValues: VariableValues) => Record<string, unknown>;

/** An argument with a constant value, or with the value of a variable. */
type Rule =
  | { readonly name: string; readonly value: unknown }
  | {
      readonly name: string;
      readonly variable: string;
      readonly nullable: boolean;
      readonly defaultValue: unknown;
    };

/** Does what {@link getArgumentValues} does, but prepares it once for all executions. Unusual cases are left to graphql-js. */
export function argumentsReader(definition: GraphQLField<unknown, unknown>, node: FieldNode): ReadArguments {
  const read: ReadArguments = (variableValues) => getArgumentValues(definition, node, variableValues);
  const rules: Rule[] = [];
  for (const argument of definition.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name);
    const rule = ruleOf(argument, given);
    if (rule === 'unsupported') return read;
    if (rule !== undefined) rules.push(rule);
  }
  return (variableValues) => applyRules(rules, variableValues) ?? read(variableValues);
}

/** @returns undefined in cases that are left to graphql-js */
function applyRules(
  rules: readonly Rule[],
  variableValues: VariableValues,
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const rule of rules) {
    if ('value' in rule) {
      values[rule.name] = rule.value;
    } else if (Object.hasOwn(variableValues, rule.variable)) {
      const value = variableValues[rule.variable];
      if (value === undefined || (value === null && !rule.nullable)) return undefined;
      values[rule.name] = value;
    } else if (rule.defaultValue !== undefined) {
      values[rule.name] = rule.defaultValue;
    } else if (!rule.nullable) {
      return undefined;
    }
  }
  return values;
}

/** @returns `unsupported` for arguments that are left to graphql-js; undefined if the argument is omitted */
function ruleOf(
  { name, type, defaultValue }: GraphQLArgument,
  given: ArgumentNode | undefined,
): Rule | 'unsupported' | undefined {
  const nullable = !isNonNullType(type);
  if (given === undefined) {
    if (defaultValue !== undefined) return { name, value: defaultValue };
    return nullable ? undefined : 'unsupported';
  }
  const node = given.value;
  if (node.kind === Kind.VARIABLE) return { name, variable: node.name.value, nullable, defaultValue };
  // Resolvers may change lists, objects and values of custom scalars, so each call needs new ones.
  if (!hasConstantLiterals(type)) return 'unsupported';
  const value: unknown = valueFromAST(node, type);
  return value === undefined ? 'unsupported' : { name, value };
}
