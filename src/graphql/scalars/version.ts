import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isVersion } from '../../upstream/resources/version.js';
import { withBadUserInput } from './bad-user-input.js';

/** The version of a fielding run: the integer inside its entity tag, as text. */
export const Version = withBadUserInput(
  new GraphQLScalarType<string, string>({
    name: 'Version',
    description:
      'Which state of a fielding run you have seen, e.g. `"5"`. Opaque: read it, and pass it back unchanged with the next ' +
      'change, which then happens only if nobody else has changed the run since.',
    serialize: String,
    parseValue: parse,
    parseLiteral: (node) =>
      parse(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
  }),
);

function parse(value: unknown): string {
  // Beyond the safe integers JSON's number has become another one.
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && isVersion(text)) return text;
  throw new GraphQLError('Version must be text that a fielding run gave as its `version`, e.g. "5".');
}
