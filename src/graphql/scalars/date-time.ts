import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { badResponse } from '../../upstream/errors.js';
import { dateIn, inMilliseconds } from '../../upstream/resources/date-time.js';
import { withBadUserInput } from './bad-user-input.js';

declare const formatted: unique symbol;

/** A time in the format of responses: RFC 3339 in UTC with milliseconds. Made only by {@link dateTimeOf}. */
export type DateTime = string & { readonly [formatted]: true };

const { parseValue, parseLiteral, ...config } = GraphQLDateTime.toConfig();

/** Parses inputs to a `Date`; serializes a {@link DateTime}, which is already formatted. */
export const DateTime = withBadUserInput(
  new GraphQLScalarType({
    ...config,
    description:
      'Time as RFC 3339 text with an offset, e.g. `2026-03-01T09:00:00.000Z`, in the years 1 to 9999. ' +
      'Responses are always in UTC with milliseconds.',
    serialize: (value) => value as DateTime,
    parseValue: (value) => orThrow(() => parseValue(value)),
    parseLiteral: (node, variables) => orThrow(() => parseLiteral(node, variables)),
  }),
);

/** Replaces the library's messages: they repeat the value, which overflows the stack if it is deeply nested. */
function orThrow(parse: () => Date): Date {
  try {
    return parse();
  } catch {
    throw new GraphQLError(
      'DateTime must be RFC 3339 text with seconds and an offset, e.g. "2026-03-01T09:00:00Z", in the years 1 ' +
        'to 9999.',
    );
  }
}

/**
 * Converts a REST date. Without an offset it is in UTC; a date without a time is midnight UTC. Fractions of a
 * millisecond are truncated.
 *
 * @param name the REST property, for the error
 * @throws {UpstreamError} if the text is not a date, or one outside the range of {@link DateTime}
 */
export function dateTimeOf(text: string | null | undefined, name: string): DateTime | null {
  if (text === undefined || text === null) return null;
  // A list has hundreds of dates.
  const plain = inMilliseconds(text);
  if (plain !== undefined) return plain as DateTime;
  const date = dateIn(text);
  if (date === undefined)
    throw badResponse(`The Demand API returned a \`${name}\` that is not a valid date.`);
  return date.toISOString() as DateTime;
}

export function dateOf(dateTime: DateTime | null): Date | null {
  return dateTime === null ? null : new Date(dateTime);
}
