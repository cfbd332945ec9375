import { GraphQLError, GraphQLScalarType, type ASTNode } from 'graphql';

/**
 * A scalar whose malformed values are `BAD_USER_INPUT`, in a variable as in the document: graphql-js keeps the
 * extensions of an error that a scalar throws.
 */
export function withBadUserInput<In, Out>(scalar: GraphQLScalarType<In, Out>): GraphQLScalarType<In, Out> {
  const { parseValue, parseLiteral, ...config } = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    parseValue: (value) => asUserInput(() => parseValue(value)),
    parseLiteral: (node, variables) => asUserInput(() => parseLiteral(node, variables), node),
  });
}

function asUserInput<T>(parse: () => T, node?: ASTNode): T {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The value is malformed.';
    throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' }, ...(node && { nodes: node }) });
  }
}
