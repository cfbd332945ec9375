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
import { hasConstants } from './inputs.js';

/** The arguments of a field, by the variables; a new object each time. */
export type ReadArguments = (variableValues: VariableValues) => Record<string, unknown>;

/** What an argument is: the same value each time, left out, or the value of a variable. */
type Rule =
  | { readonly name: string; readonly value: unknown }
  | {
      readonly name: string;
      readonly variable: string;
      readonly nullable: boolean;
      readonly byDefault: unknown;
    };

/** {@link getArgumentValues} for many executions: what it would find out each time is found out once, where that can be. */
export function argumentsReader(definition: GraphQLField<unknown, unknown>, node: FieldNode): ReadArguments {
  const read: ReadArguments = (variableValues) => getArgumentValues(definition, node, variableValues);
  const rules: Rule[] = [];
  for (const argument of definition.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name);
    const rule = ruleOf(argument, given);
    if (rule === 'none') return read;
    if (rule !== undefined) rules.push(rule);
  }
  return (variableValues) => byRules(rules, variableValues) ?? read(variableValues);
}

/** Undefined where anything is out of the ordinary. */
function byRules(
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
    } else if (rule.byDefault !== undefined) {
      values[rule.name] = rule.byDefault;
    } else if (!rule.nullable) {
      return undefined;
    }
  }
  return values;
}

/** `none` where only graphql-js knows; undefined where the argument is left out. */
function ruleOf(
  { name, type, defaultValue }: GraphQLArgument,
  given: ArgumentNode | undefined,
): Rule | 'none' | undefined {
  const nullable = !isNonNullType(type);
  if (given === undefined) {
    if (defaultValue !== undefined) return { name, value: defaultValue };
    return nullable ? undefined : 'none';
  }
  const node = given.value;
  if (node.kind === Kind.VARIABLE)
    return { name, variable: node.name.value, nullable, byDefault: defaultValue };
  // Lists and objects are made anew for each call, and custom scalars may be.
  if (!hasConstants(type)) return 'none';
  const value: unknown = valueFromAST(node, type);
  return value === undefined ? 'none' : { name, value };
}
