import type * as rest from '../contract/demand-api.js';
import { badResponse } from './errors.js';
import type { HttpResponse } from './http.js';
import { bodies } from './validation.js';

/** The JSON of an answer. What was sent in its place is never shown. @throws {UpstreamError} where it is no JSON */
export function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(textOf(response)) as unknown;
  } catch {
    throw badResponse('The Demand API gave an answer that is not JSON.', { status: response.status });
  }
}

/**
 * The period in the answer to an action; only `launch-now` tells one. A 2xx whose body cannot be used is a success all the
 * same, and so nothing is thrown.
 */
export function periodIn(response: HttpResponse): rest.FieldingPeriod | undefined {
  try {
    const { start_fielding_at, end_fielding_at } = bodies.fieldingPeriod(jsonOf(response));
    const usable = [start_fielding_at, end_fielding_at].every((moment) => !Number.isNaN(Date.parse(moment)));
    return usable ? { start_fielding_at, end_fielding_at } : undefined;
  } catch {
    return undefined;
  }
}

/** The body of an answer; empty where it broke off. */
export function textOf({ body }: HttpResponse): string {
  return 'text' in body ? body.text : '';
}

/** How much room an answer takes, roughly: the characters of its body. */
export function sizeOf(response: HttpResponse): number {
  return textOf(response).length;
}
