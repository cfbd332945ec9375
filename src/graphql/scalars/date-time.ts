import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { badResponse } from '../../upstream/errors.js';
import { withBadUserInput } from './bad-user-input.js';

/** A moment, as RFC 3339 with an offset. */
export const DateTime = withBadUserInput(
  new GraphQLScalarType({
    ...GraphQLDateTime.toConfig(),
    description:
      'A moment in time as RFC 3339 text with an offset, e.g. `2026-03-01T09:00:00.000Z`. Answers are always in UTC with milliseconds.',
  }),
);

/**
 * A moment as REST writes it.
 *
 * @param name the REST property, for the error
 * @throws {UpstreamError} where the text is no moment
 */
export function momentOf(text: string | null | undefined, name: string): Date | null {
  if (text === undefined || text === null) return null;
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw badResponse(`The Demand API gave a \`${name}\` that is no date.`);
  return moment;
}
