/** RFC 3339 in UTC with milliseconds. Days up to 28 need no further check: every month has them. */
const WRITTEN =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * RFC 3339 and the variants that occur in practice: a space instead of `T` (which 5.6 allows), no colon in the offset, no
 * offset, no seconds, a date only. `24:00` and leap seconds are excluded, because `Date` supports neither.
 */
const READ =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d)(?:\.(\d{1,9}))?)?(?:[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?)?$/;

/** Whether `text` is certainly RFC 3339 in UTC with milliseconds; false for days after the 28th, which need a full parse. */
export function isWritten(text: string): boolean {
  return WRITTEN.test(text);
}

/**
 * Parses a moment of the REST API. Without an offset it is UTC; a date without a time is midnight UTC. Digits below a
 * millisecond are truncated.
 *
 * @returns undefined if `text` is not a moment in the years 1 to 9999 (UTC)
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

/** `Date` accepts 30 February and turns it into 1 or 2 March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether a date is in the years 1 to 9999 (UTC): RFC 3339 has four digits for the year. */
export function isWritable(date: Date): boolean {
  const ms = date.getTime();
  return ms >= FIRST_MS && ms <= LAST_MS;
}
