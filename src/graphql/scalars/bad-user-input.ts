import { GraphQLError, GraphQLScalarType, TokenKind, type ValueNode } from 'graphql';

/**
 * Reports malformed values of a scalar as `BAD_USER_INPUT`: graphql-js keeps the extensions of errors that a scalar
 * throws. It also prefixes the message with the path of the field for a variable, but not for a literal in the
 * document, so the name is added here.
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

/** The name of the argument or input field that a literal belongs to. */
function fieldOf({ loc }: ValueNode): string | undefined {
  const before = loc?.startToken.prev;
  return before?.kind === TokenKind.COLON ? before.prev?.value : undefined;
}
