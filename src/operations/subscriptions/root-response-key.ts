import { getOperationAST, Kind, type DocumentNode, type SelectionSetNode } from 'graphql';

/**
 * The response key of a subscription's field (GraphQL, 7.1.2), of which a valid subscription has exactly one.
 *
 * @throws Error if there is none
 */
export function rootResponseKey(document: DocumentNode, operationName: string | undefined): string {
  const operation = getOperationAST(document, operationName);
  const key = operation && firstKeyIn(operation.selectionSet, document);
  if (!key) throw new Error('A subscription was executed that has no field.');
  return key;
}

function firstKeyIn({ selections }: SelectionSetNode, document: DocumentNode): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value;
    const selected =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentIn(document, selection.name.value);
    const key = selected && firstKeyIn(selected.selectionSet, document);
    if (key !== undefined) return key;
  }
  return undefined;
}

function fragmentIn({ definitions }: DocumentNode, name: string) {
  return definitions
    .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
    .find((definition) => definition.name.value === name);
}
