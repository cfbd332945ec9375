import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { badResponse } from '../../upstream/errors.js';
import { withBadUserInput } from './bad-user-input.js';

declare const moment: unique symbol;

/** A moment as answers write it: RFC 3339 in UTC with milliseconds. Made by {@link momentOf} alone. */
export type Moment = string & { readonly [moment]: true };

/** A moment, as RFC 3339 with an offset. Inputs are a `Date`; answers are a {@link Moment}, which is written already. */
export const DateTime = withBadUserInput(
  new GraphQLScalarType({
    ...GraphQLDateTime.toConfig(),
    description:
      'A moment in time as RFC 3339 text with an offset, e.g. `2026-03-01T09:00:00.000Z`. Answers are always in UTC with milliseconds.',
    serialize: (value) => value as Moment,
  }),
);

/**
 * What is written as answers write it, and is certainly a moment: no month has fewer than 28 days. As a rule REST writes
 * so, and a list has hundreds of moments: the way through `Date` and back costs ten times as much.
 */
const AS_ANSWERS_WRITE_IT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * A moment as REST writes it.
 *
 * @param name the REST property, for the error
 * @throws {UpstreamError} where the text is no moment
 */
export function momentOf(text: string | null | undefined, name: string): Moment | null {
  if (text === undefined || text === null) return null;
  if (AS_ANSWERS_WRITE_IT.test(text)) return text as Moment;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw badResponse(`The Demand API gave a \`${name}\` that is no date.`);
  return date.toISOString() as Moment;
}

export function dateOf(moment: Moment | null): Date | null {
  return moment === null ? null : new Date(moment);
}
