/** RFC 3339 in UTC, except 29 February, which not every year has. */
const PLAIN =
  /^(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** The lengths of a time without a fraction, and of one in milliseconds. */
const [TO_SECONDS, TO_MILLISECONDS] = ['0001-01-01T00:00:00'.length, '0001-01-01T00:00:00.000'.length];

/**
 * RFC 3339 and the variants that occur in practice: a space instead of `T` (which 5.6 allows), no colon in the offset, no
 * offset, no seconds, a date only. `24:00` and leap seconds are excluded, because `Date` supports neither.
 */
const READ =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?:(:[0-5]\d)(?:\.(\d{1,9}))?)?(?:[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?)?$/;

/**
 * Converts a time that the API writes as RFC 3339 in UTC to milliseconds, without a `Date`, which takes ten times as long.
 *
 * @returns undefined for all other times, and for 29 February: they need {@link dateIn}
 */
export function inMilliseconds(text: string): string | undefined {
  if (!PLAIN.test(text)) return undefined;
  if (text.length === TO_MILLISECONDS + 1) return text;
  const fraction = text
    .slice(TO_SECONDS + 1, -1)
    .slice(0, 3)
    .padEnd(3, '0');
  return `${text.slice(0, TO_SECONDS)}.${fraction}Z`;
}

/**
 * Parses a time of the REST API. Without an offset it is UTC; a date without a time is midnight UTC. Digits below a
 * millisecond are truncated.
 *
 * @returns undefined if `text` is not a time in the years 1 to 9999 (UTC)
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
  return midnight.getUTCDate() === Number(day.slice(-2));
}

const FIRST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether a date is in the years 1 to 9999 (UTC): RFC 3339 has four digits for the year. */
export function isWritable(date: Date): boolean {
  const ms = date.getTime();
  return ms >= FIRST_MS && ms <= LAST_MS;
}
