import {
  Kind,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { VariableValues } from './execution.js';

/** The given variables that `@skip` and `@include` use. */
export type Conditions = VariableValues;

export function conditionsOf(names: readonly string[], variableValues: VariableValues): Conditions {
  const given = names.filter((name) => Object.hasOwn(variableValues, name));
  return Object.fromEntries(given.map((name) => [name, variableValues[name]]));
}

/** A key that is equal for variables with which the operation selects the same fields, or fails in the same way. */
export function keyOf(names: readonly string[], variableValues: VariableValues): string {
  let key = '';
  for (const name of names) {
    const value = Object.hasOwn(variableValues, name) ? variableValues[name] : undefined;
    key += typeof value === 'boolean' || value === null ? `${String(value)} ` : `${typeof value} `;
  }
  return key;
}

/** The names of the variables in `@skip` and `@include`, in the operation and the fragments that it uses. */
export function conditionVariables(
  { selectionSet }: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly string[] {
  const found = { variables: new Set<string>(), fragments: new Set<string>() };
  collectFrom(selectionSet, found);
  // Iteration includes names that are added meanwhile.
  for (const name of found.fragments) collectFrom(fragments[name]?.selectionSet, found);
  return [...found.variables];
}

interface Found {
  readonly variables: Set<string>;
  readonly fragments: Set<string>;
}

function collectFrom(selectionSet: SelectionSetNode | undefined, found: Found): void {
  for (const selection of selectionSet?.selections ?? []) {
    for (const directive of selection.directives ?? []) addVariables(directive, found);
    if (selection.kind === Kind.FRAGMENT_SPREAD) found.fragments.add(selection.name.value);
    else collectFrom(selection.selectionSet, found);
  }
}

function addVariables({ name, arguments: args = [] }: DirectiveNode, { variables }: Found): void {
  if (name.value !== 'skip' && name.value !== 'include') return;
  for (const { value } of args) if (value.kind === Kind.VARIABLE) variables.add(value.name.value);
}
