import { Kind, OperationTypeNode, parse, type DefinitionNode, type DocumentNode } from 'graphql';
import { documentLimitError, type DocumentLimits } from '../documents/document-limits.js';

/** GraphQL, 4: the introspection fields. */
const META_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type', '__typename']);

/** Whether a document is pure introspection, so that no resolver is called for it. */
export function isIntrospectionOnly(source: string, limits: DocumentLimits): boolean {
  // A document that is too deep would exhaust the parser's stack.
  if (documentLimitError(source, limits) !== undefined) return false;
  return parseOrUndefined(source, limits)?.definitions.every(isAboutSchema) ?? false;
}

function isAboutSchema(definition: DefinitionNode): boolean {
  // Fragments at the root are not supported: explorers use none there.
  if (definition.kind === Kind.FRAGMENT_DEFINITION) return true;
  if (definition.kind !== Kind.OPERATION_DEFINITION) return false;
  return (
    definition.operation === OperationTypeNode.QUERY &&
    definition.selectionSet.selections.every(
      (selection) => selection.kind === Kind.FIELD && META_FIELDS.has(selection.name.value),
    )
  );
}

function parseOrUndefined(source: string, { maxTokens }: DocumentLimits): DocumentNode | undefined {
  try {
    return parse(source, { maxTokens });
  } catch {
    return undefined;
  }
}
