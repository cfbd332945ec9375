import {
  Kind,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { VariableValues } from './execution.js';

/** What decides what an operation selects: some of its variables. One that is not given is not there. */
export type Conditions = VariableValues;

export function conditionsOf(names: readonly string[], variableValues: VariableValues): Conditions {
  const given = names.filter((name) => Object.hasOwn(variableValues, name));
  return Object.fromEntries(given.map((name) => [name, variableValues[name]]));
}

/** The same for variables by which the same is selected, or fails to be. */
export function keyOf(names: readonly string[], variableValues: VariableValues): string {
  let key = '';
  for (const name of names) {
    const value = Object.hasOwn(variableValues, name) ? variableValues[name] : undefined;
    key += typeof value === 'boolean' || value === null ? `${String(value)} ` : `${typeof value} `;
  }
  return key;
}

/** The names of the variables that decide what an operation selects: those in `@skip` and `@include`. */
export function conditionVariables(
  { selectionSet }: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly string[] {
  const found = { variables: new Set<string>(), fragments: new Set<string>() };
  lookIn(selectionSet, found);
  // Names that are added on the way are come to as well.
  for (const name of found.fragments) lookIn(fragments[name]?.selectionSet, found);
  return [...found.variables];
}

interface Found {
  readonly variables: Set<string>;
  readonly fragments: Set<string>;
}

function lookIn(selectionSet: SelectionSetNode | undefined, found: Found): void {
  for (const selection of selectionSet?.selections ?? []) {
    for (const directive of selection.directives ?? []) addVariables(directive, found);
    if (selection.kind === Kind.FRAGMENT_SPREAD) found.fragments.add(selection.name.value);
    else lookIn(selection.selectionSet, found);
  }
}

function addVariables({ name, arguments: args = [] }: DirectiveNode, { variables }: Found): void {
  if (name.value !== 'skip' && name.value !== 'include') return;
  for (const { value } of args) if (value.kind === Kind.VARIABLE) variables.add(value.name.value);
}
