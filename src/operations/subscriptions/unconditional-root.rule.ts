import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);

/**
 * The field of a subscription must not depend on `@skip` or `@include` (GraphQL of September 2025, 5.2.4.1): without it there would
 * be nothing to subscribe to, for which graphql-js 16 has no error.
 */
export function unconditionalRootRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation !== OperationTypeNode.SUBSCRIPTION) return;
      for (const { directives = [] } of rootSelections(context, selectionSet)) {
        const condition = directives.find(({ name }) => CONDITIONS.has(name.value));
        if (condition === undefined) continue;
        const message = `The field of a subscription must not have \`@${condition.name.value}\`.`;
        context.reportError(new GraphQLError(message, { nodes: condition }));
      }
    },
  };
}

/** What selects the root fields: themselves, and the fragments that they are in, each once. */
function rootSelections(context: ValidationContext, root: SelectionSetNode): ReadonlySet<SelectionNode> {
  const found = new Set<SelectionNode>();
  const fragments = new Set<string>();
  const waiting = [root];
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    for (const selection of set.selections) {
      found.add(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || fragments.has(selection.name.value)) continue;
      fragments.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) waiting.push(fragment.selectionSet);
    }
  }
  return found;
}
