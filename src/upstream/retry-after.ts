/**
 * How long an answer asks to wait (RFC 9110, 10.2.3), in whole seconds, rounded up.
 *
 * @param value the `Retry-After` header: seconds, or an HTTP date
 * @param now milliseconds since the epoch
 * @returns undefined where the header is missing, garbage or negative; 0 for a date that has passed
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
