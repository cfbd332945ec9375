/** RFC 3339 in UTC with milliseconds, and certainly a moment: no month has fewer than 28 days. */
const WRITTEN =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * RFC 3339 with what is met in practice: a space in place of `T` (which 5.6 allows), no colon in the offset, no offset,
 * no seconds, a date alone. `24:00` and leap seconds are not among it: `Date` knows neither.
 */
const READ =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d)(?:\.(\d{1,9}))?)?(?:[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?)?$/;

/** Whether a text is a moment as RFC 3339 in UTC with milliseconds. The last days of months may be answered with false. */
export function isWritten(text: string): boolean {
  return WRITTEN.test(text);
}

/**
 * The moment that REST writes. Without an offset it is in UTC; a date alone is the midnight (UTC) that the day begins with.
 * What is finer than a millisecond is cut off.
 *
 * @returns undefined where the text is no moment in the years 1 to 9999 (UTC)
 */
export function dateIn(text: string): Date | undefined {
  const match = READ.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '00:00', seconds = ':00', fraction = '', hours = '+00', minutes = '00'] = match;
  if (!isDay(day)) return undefined;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const date = new Date(`${day}T${time}${seconds}.${milliseconds}${hours}:${minutes}`);
  return isWritable(date) ? date : undefined;
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
