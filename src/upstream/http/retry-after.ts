import type { HttpResponse } from './http.js';

/** The three forms of an HTTP date (RFC 9110, 5.6.7). `Date.parse` alone takes far more: `Retry 5` is a day in May. */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * The `Retry-After` of a response (RFC 9110, 10.2.3) in whole seconds, rounded up. A date is compared with the response's
 * own `Date`, so that the clocks of the two machines need not agree, or with `now` if `Date` is missing or unusable.
 *
 * @param now milliseconds since the epoch
 * @returns undefined if `Retry-After` is missing, malformed or negative; 0 for a past date
 */
export function retryAfterOf(response: Pick<HttpResponse, 'header'>, now: number): number | undefined {
  return parseRetryAfter(response.header('retry-after'), parseHttpDate(response.header('date')) ?? now);
}

/**
 * @param value the `Retry-After` header: seconds, or an HTTP date
 * @param now milliseconds since the epoch, compared with a date
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(text);
  return date === undefined ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** @returns milliseconds since the epoch; undefined if `value` is not an HTTP date */
function parseHttpDate(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The third form is UTC without naming it.
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}
