import type { Call, CallScope } from './call.js';
import { Cancellation } from './cancellation.js';
import { UpstreamError } from './errors.js';
import type { HttpResponse } from './http.js';

interface Flight {
  readonly path: string;
  readonly answer: Promise<HttpResponse>;
  readonly abandoned: Cancellation;
  /** Those who wait for the answer. */
  waiting: number;
}

/** Makes the call, for as long as anybody waits. */
type Start = (call: Call, scope: CallScope) => Promise<HttpResponse>;

/** Equal reads of one credential that are under way at the same time share one call. */
export class SingleFlight {
  /**
   * Those under way, by what they ask for. No `Map`: when one makes itself a new table, which it does every few entries, V8
   * leaves the old table pointing to the new one. Once one of these tables has come to be old, those after it are kept
   * alive until all of the heap is collected, and with them each answer that was under way meanwhile.
   */
  readonly #flights: Record<string, Flight> = Object.create(null) as Record<string, Flight>;

  /**
   * Joins an equal read (of the same path, with the same headers) that is under way, or starts it.
   *
   * A caller who goes away ends the call only where nobody else waits for it. Whoever joins has a later deadline than
   * the one who started, so that a call that ran out of time is made again for those who have some left.
   */
  async read(call: Call, scope: CallScope, start: Start): Promise<HttpResponse> {
    const { path, headers } = call;
    const key = `${scope.credentialKey} ${path}${headers === undefined ? '' : ` ${JSON.stringify(headers)}`}`;
    const underWay = this.#flights[key];
    const flight = underWay ?? this.#start(key, call, scope, start);
    try {
      return await this.#wait(key, flight, scope.callerGone);
    } catch (error) {
      const ranOut = error instanceof UpstreamError && error.code === 'TIMEOUT';
      if (underWay === undefined || !ranOut || scope.deadline <= performance.now()) throw error;
      return await start(call, scope);
    }
  }

  /** Ends the sharing of all reads below a path: whoever reads after a change must not get an answer from before it. */
  endBelow(path: string): void {
    for (const key in this.#flights) {
      const flight = this.#flights[key];
      if (flight?.path.startsWith(path)) this.#forget(key, flight);
    }
  }

  #start(key: string, call: Call, scope: CallScope, start: Start): Flight {
    const abandoned = new Cancellation();
    const answer = start(call, { ...scope, callerGone: abandoned });
    const flight: Flight = { path: call.path, answer, abandoned, waiting: 0 };
    this.#flights[key] = flight;
    const end = () => {
      this.#forget(key, flight);
    };
    answer.then(end, end);
    return flight;
  }

  async #wait(key: string, flight: Flight, gone: Cancellation): Promise<HttpResponse> {
    const leave = () => {
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      this.#forget(key, flight);
      flight.abandoned.cancel();
    };
    flight.waiting += 1;
    gone.onCancel(leave);
    if (gone.cancelled) leave();
    try {
      return await flight.answer;
    } finally {
      gone.offCancel(leave);
    }
  }

  #forget(key: string, flight: Flight): void {
    if (this.#flights[key] === flight) Reflect.deleteProperty(this.#flights, key);
  }
}
