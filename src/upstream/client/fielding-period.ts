import type * as rest from '../../contract/demand-api.js';
import { latin1Of } from '../http/body.js';
import type { HttpResponse } from '../http/http.js';
import { dateIn } from '../resources/date-time.js';
import { bodies } from '../resources/validation.js';

/**
 * The period in the response to an action; only `launch-now` returns one. Never throws: a 2xx with an unusable body is
 * still a success.
 */
export function periodIn(response: HttpResponse): rest.FieldingPeriod | undefined {
  const latin1 = latin1Of(response);
  // To parse the empty body of a 204 and catch the error took a tenth of the CPU time of a change.
  if (latin1 === '') return undefined;
  try {
    const { start_fielding_at, end_fielding_at } = bodies.fieldingPeriod(latin1);
    const usable = [start_fielding_at, end_fielding_at].every((time) => dateIn(time) !== undefined);
    return usable ? { start_fielding_at, end_fielding_at } : undefined;
  } catch {
    return undefined;
  }
}
