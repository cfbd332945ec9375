import { UpstreamError } from '../errors.js';
import type { AttemptTally, Call } from '../http/call.js';
import type { HttpResponse } from '../http/http.js';
import { pathTemplate } from '../resources/path-template.js';

/** A REST call of an operation, for developers. */
interface LoggedCall extends Readonly<AttemptTally> {
  readonly method: string;
  /** With placeholders for ids, e.g. `/demand/accounts/{account_id}/projects`. */
  readonly path: string;
  /** The status of the last response, or the code of the failure if there was none. */
  readonly status: number | string;
  readonly durationMs: number;
  /** Whether the API confirmed the cached response (304). */
  readonly revalidated: boolean;
}

/** The most calls that are recorded. Further ones are only counted. */
const MAX_CALLS = 50;

/** The REST calls that one operation has made. */
export class CallLog {
  readonly calls: LoggedCall[] = [];
  #omitted = 0;

  /** The number of calls that are not recorded, because there were too many. */
  get omitted(): number {
    return this.#omitted;
  }

  /** @param send makes the call, and counts its attempts */
  async track(call: Call, send: (call: Call) => Promise<HttpResponse>): Promise<HttpResponse> {
    const tally: AttemptTally = { attempts: 0 };
    const begun = performance.now();
    try {
      const response = await send({ ...call, tally });
      this.#add(call, tally, begun, response.status);
      return response;
    } catch (error) {
      const failure = error instanceof UpstreamError ? error : undefined;
      this.#add(call, tally, begun, failure?.details.status ?? failure?.code ?? 'REJECTED');
      throw error;
    }
  }

  #add({ method, path }: Call, { attempts }: AttemptTally, begun: number, status: number | string): void {
    if (this.calls.length >= MAX_CALLS) {
      this.#omitted += 1;
      return;
    }
    const durationMs = Math.round((performance.now() - begun) * 10) / 10;
    this.calls.push({
      method,
      path: pathTemplate(path),
      status,
      attempts,
      durationMs,
      revalidated: status === 304,
    });
  }
}
