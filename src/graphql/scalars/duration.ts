import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLDuration } from 'graphql-scalars';
import { withBadUserInput } from './bad-user-input.js';

const { parseValue, parseLiteral, ...config } = GraphQLDuration.toConfig();
const MAX_LENGTH = 64;
/** Of ISO 8601 durations: without signs, with a fraction in the last part alone, if at all. */
const UNSIGNED = /^P[\dYMWDTHS]+(?:[.,]\d+[A-Z])?$/;

/** A length of time, longer than zero, as ISO 8601 text. It is passed on as it was written, with a point in a fraction. */
export const Duration = withBadUserInput(
  new GraphQLScalarType<string, string>({
    ...config,
    description:
      'A length of time, longer than zero, as ISO 8601 text without a sign, e.g. `PT1H` for an hour, `P1D` for a day, `P1W` ' +
      'for a week.',
    parseValue: (value) => lengthOf(parseValue(value)),
    parseLiteral: (node, variables) => lengthOf(parseLiteral(node, variables)),
  }),
);

/** @throws {GraphQLError} where time cannot be cut into pieces so long */
function lengthOf(duration: string): string {
  if (duration.length <= MAX_LENGTH && UNSIGNED.test(duration) && /[1-9]/.test(duration)) {
    return duration.replace(',', '.');
  }
  throw new GraphQLError(
    'Duration must be longer than zero, without a sign, with a fraction in its last part at most, e.g. `P1D`.',
  );
}
