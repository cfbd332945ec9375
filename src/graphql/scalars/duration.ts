import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLDuration } from 'graphql-scalars';
import { withBadUserInput } from './bad-user-input.js';

const { parseValue, parseLiteral, ...config } = GraphQLDuration.toConfig();
const MAX_LENGTH = 64;
/** ISO 8601 durations without signs, and with a fraction only in the last component. */
const UNSIGNED = /^P[\dYMWDTHS]+(?:[.,]\d+[A-Z])?$/;

/** A positive duration as ISO 8601 text, passed on unchanged except for the decimal separator. */
export const Duration = withBadUserInput(
  new GraphQLScalarType<string, string>({
    ...config,
    description:
      'Duration greater than zero as ISO 8601 text without a sign, e.g. `PT1H` for an hour, `P1D` for a day, ' +
      '`P1W` for a week.',
    parseValue: (value) => validDuration(parseValue(value)),
    parseLiteral: (node, variables) => validDuration(parseLiteral(node, variables)),
  }),
);

/** @throws {GraphQLError} if the duration is not usable as an interval */
function validDuration(duration: string): string {
  if (duration.length <= MAX_LENGTH && UNSIGNED.test(duration) && /[1-9]/.test(duration)) {
    return duration.replace(',', '.');
  }
  throw new GraphQLError(
    'Duration must be greater than zero, without a sign, and with a fraction only in its last component, e.g. ' +
      '`P1D`.',
  );
}
