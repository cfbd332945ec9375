/** The three forms of an HTTP date (RFC 9110, 5.6.7). `Date.parse` alone takes far more: `Retry 5` is a day in May. */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long an answer asks to wait (RFC 9110, 10.2.3), in whole seconds, rounded up.
 *
 * @param value the `Retry-After` header: seconds, or an HTTP date
 * @param now milliseconds since the epoch
 * @returns undefined where the header is missing, garbage or negative; 0 for a date that has passed
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The third form is in UTC without saying so.
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
