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
      'A moment in time as RFC 3339 text with an offset, e.g. `2026-03-01T09:00:00.000Z`, in the years 1 to 9999. Answers are always in UTC with milliseconds.',
    serialize: (value) => value as Moment,
  }),
);

/**
 * What is written as answers write it, and is certainly a moment: no month has fewer than 28 days. As a rule REST writes
 * so, and a list has hundreds of moments: the way through `Date` and back costs ten times as much.
 */
const AS_ANSWERS_WRITE_IT =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * RFC 3339 with what is met in practice: a space in place of `T` (which 5.6 allows), no colon in the offset, no offset,
 * no seconds, a date alone. `24:00` and leap seconds are not among it: `Date` knows neither.
 */
const AS_REST_WRITES_IT =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d)(?:\.(\d{1,9}))?)?(?:[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?)?$/;

/**
 * A moment as REST writes it. Without an offset it is in UTC; a date alone is the midnight (UTC) that the day begins
 * with. What is finer than a millisecond is cut off.
 *
 * @param name the REST property, for the error
 * @throws {UpstreamError} where the text is no moment, or one that {@link Moment} cannot write
 */
export function momentOf(text: string | null | undefined, name: string): Moment | null {
  if (text === undefined || text === null) return null;
  if (AS_ANSWERS_WRITE_IT.test(text)) return text as Moment;
  const date = dateIn(text);
  if (date === undefined || !isWritable(date))
    throw badResponse(`The Demand API gave a \`${name}\` that is no date.`);
  return date.toISOString() as Moment;
}

function dateIn(text: string): Date | undefined {
  const match = AS_REST_WRITES_IT.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '00:00', seconds = ':00', fraction = '', hours = '+00', minutes = '00'] = match;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  return isDay(day) ? new Date(`${day}T${time}${seconds}.${milliseconds}${hours}:${minutes}`) : undefined;
}

/** `Date` takes a 30th of February for the 1st or 2nd of March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether a date is, in UTC, in one of the years 1 to 9999: RFC 3339 has four digits for the year. */
export function isWritable(date: Date): boolean {
  const ms = date.getTime();
  return ms >= FIRST_MS && ms <= LAST_MS;
}

export function dateOf(moment: Moment | null): Date | null {
  return moment === null ? null : new Date(moment);
}
