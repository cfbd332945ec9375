import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isVersion } from '../../upstream/resources/version.js';
import { withBadUserInput } from './bad-user-input.js';

/** The version of a fielding run: the integer in its entity tag, as text. */
export const Version = withBadUserInput(
  new GraphQLScalarType<string, string>({
    name: 'Version',
    description:
      'Version of a fielding run\'s state, e.g. `"5"`. Opaque: pass it back unchanged when you change the run. ' +
      'The change is made only if no one else has changed the run since you read it.',
    serialize: String,
    parseValue: parse,
    parseLiteral: (node) =>
      parse(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
  }),
);

function parse(value: unknown): string {
  // Unsafe integers may already have been rounded by the JSON parser.
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && isVersion(text)) return text;
  throw new GraphQLError('Version must be the `version` of a fielding run as text, e.g. "5".');
}
