import type { HttpResponse } from './http.js';

/** The three forms of an HTTP date (RFC 9110, 5.6.7). `Date.parse` alone takes far more: `Retry 5` is a day in May. */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long an answer asks to wait (RFC 9110, 10.2.3), in whole seconds, rounded up. A date counts from the answer's own
 * `Date`, so that the clocks of the two machines need not agree; from `now` where that is missing or unusable.
 *
 * @param now milliseconds since the epoch
 * @returns undefined where `Retry-After` is missing, garbage or negative; 0 for a date that has passed
 */
export function retryAfterOf(answer: Pick<HttpResponse, 'header'>, now: number): number | undefined {
  return parseRetryAfter(answer.header('retry-after'), parseHttpDate(answer.header('date')) ?? now);
}

/**
 * @param value the `Retry-After` header: seconds, or an HTTP date
 * @param now what a date is compared with, in milliseconds since the epoch
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(text);
  return date === undefined ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** @returns milliseconds since the epoch; undefined where it is no HTTP date */
function parseHttpDate(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // The third form is in UTC without saying so.
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}
