import {
  Kind,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** The names of the variables that decide what an operation selects: those in `@skip` and `@include`. */
export function conditionVariables(
  { selectionSet }: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly string[] {
  const variables = new Set<string>();
  const fragmentNames = new Set<string>();
  const lookIn = (selections: SelectionSetNode | undefined): void => {
    for (const selection of selections?.selections ?? []) {
      for (const { name, arguments: args = [] } of selection.directives ?? []) {
        if (name.value !== 'skip' && name.value !== 'include') continue;
        for (const { value } of args) if (value.kind === Kind.VARIABLE) variables.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) lookIn(selection.selectionSet);
      else fragmentNames.add(selection.name.value);
    }
  };
  lookIn(selectionSet);
  // Names that fragments add to the set are come to as well.
  for (const name of fragmentNames) lookIn(fragments[name]?.selectionSet);
  return [...variables];
}
