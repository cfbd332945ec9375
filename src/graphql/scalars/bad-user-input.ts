import { GraphQLError, GraphQLScalarType, TokenKind, type ValueNode } from 'graphql';

/**
 * A scalar whose malformed values are `BAD_USER_INPUT`, in a variable as in the document: graphql-js keeps the
 * extensions of an error that a scalar throws. For a variable it puts the path of the field before the message; for a
 * value in the document the name of the field is put there here.
 */
export function withBadUserInput<In, Out>(scalar: GraphQLScalarType<In, Out>): GraphQLScalarType<In, Out> {
  const { parseValue, parseLiteral, ...config } = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    parseValue: (value) => asUserInput(() => parseValue(value)),
    parseLiteral: (node, variables) => asUserInput(() => parseLiteral(node, variables), node),
  });
}

function asUserInput<T>(parse: () => T, node?: ValueNode): T {
  try {
    return parse();
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'The value is malformed.';
    const field = node && fieldOf(node);
    throw new GraphQLError(field === undefined ? problem : `\`${field}\`: ${problem}`, {
      extensions: { code: 'BAD_USER_INPUT' },
      ...(node && { nodes: node }),
    });
  }
}

/** The name that stands before a value and its colon: that of an argument or of an input's field. */
function fieldOf({ loc }: ValueNode): string | undefined {
  const before = loc?.startToken.prev;
  return before?.kind === TokenKind.COLON ? before.prev?.value : undefined;
}
