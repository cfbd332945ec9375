import { GraphQLError, GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { badResponse } from '../../upstream/errors.js';
import { dateIn, isWritten } from '../../upstream/resources/moment.js';
import { withBadUserInput } from './bad-user-input.js';

declare const moment: unique symbol;

/** A moment as answers write it: RFC 3339 in UTC with milliseconds. Made by {@link momentOf} alone. */
export type Moment = string & { readonly [moment]: true };

const { parseValue, parseLiteral, ...config } = GraphQLDateTime.toConfig();

/** A moment, as RFC 3339 with an offset. Inputs are a `Date`; answers are a {@link Moment}, which is written already. */
export const DateTime = withBadUserInput(
  new GraphQLScalarType({
    ...config,
    description:
      'A moment in time as RFC 3339 text with an offset, e.g. `2026-03-01T09:00:00.000Z`, in the years 1 to 9999. Answers are always in UTC with milliseconds.',
    serialize: (value) => value as Moment,
    parseValue: (value) => orRefuse(() => parseValue(value)),
    parseLiteral: (node, variables) => orRefuse(() => parseLiteral(node, variables)),
  }),
);

/** The library's own messages repeat the value, for which a deeply nested one takes more than the stack has. */
function orRefuse(parse: () => Date): Date {
  try {
    return parse();
  } catch {
    throw new GraphQLError(
      'DateTime must be text as RFC 3339 has it, with seconds and an offset, e.g. "2026-03-01T09:00:00Z", in the years 1 to 9999.',
    );
  }
}

/**
 * A moment as REST writes it. Without an offset it is in UTC; a date alone is the midnight (UTC) that the day begins
 * with. What is finer than a millisecond is cut off.
 *
 * @param name the REST property, for the error
 * @throws {UpstreamError} where the text is no moment, or one that {@link Moment} cannot write
 */
export function momentOf(text: string | null | undefined, name: string): Moment | null {
  if (text === undefined || text === null) return null;
  // As a rule REST writes so, and a list has hundreds of moments: the way through `Date` costs ten times as much.
  if (isWritten(text)) return text as Moment;
  const date = dateIn(text);
  if (date === undefined) throw badResponse(`The Demand API gave a \`${name}\` that is no date.`);
  return date.toISOString() as Moment;
}

export function dateOf(moment: Moment | null): Date | null {
  return moment === null ? null : new Date(moment);
}
