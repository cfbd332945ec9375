import type { Call, CallScope } from '../http/call.js';
import { Cancellation } from '../http/cancellation.js';
import { UpstreamError } from '../errors.js';
import { pathHash } from '../resources/path-hash.js';
import type { HttpResponse } from '../http/http.js';

/** Reads whose paths differ are rarely in the same. */
const BUCKETS = 1024;

interface Flight {
  readonly credentialKey: string;
  readonly path: string;
  /** As JSON. */
  readonly headers: string | undefined;
  /** As JSON. */
  readonly body: string | undefined;
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
   * alive until all of the heap is collected, and with them each answer that was under way meanwhile. No object's
   * properties either: each of their names would be looked up in, and added to, the table of all names there are.
   */
  readonly #flights: readonly Flight[][] = Array.from({ length: BUCKETS }, () => []);

  /**
   * Joins an equal read (of the same path, with the same headers and body) that is under way, or starts it.
   *
   * A caller who goes away ends the call only where nobody else waits for it. Whoever joins has a later deadline than
   * the one who started, so that a call that ran out of time is made again for those who have some left.
   */
  read(call: Call, scope: CallScope, start: Start): Promise<HttpResponse> {
    const { path } = call;
    const { credentialKey } = scope;
    const headers = call.headers === undefined ? undefined : JSON.stringify(call.headers);
    const body = call.json === undefined ? undefined : JSON.stringify(call.json);
    const flight = this.#at(path).find(
      (each) =>
        each.path === path &&
        each.credentialKey === credentialKey &&
        each.headers === headers &&
        each.body === body,
    );
    if (flight !== undefined) return this.#join(flight, call, scope, start);
    return this.#lead(headers, body, call, scope, start);
  }

  /** Ends the sharing of all reads below some paths: whoever reads after a change must not get an answer from before it. */
  endBelow(...paths: readonly string[]): void {
    for (const flights of this.#flights) {
      const ended = flights.filter((flight) => paths.some((path) => flight.path.startsWith(path)));
      for (const flight of ended) this.#forget(flight);
    }
  }

  async #lead(
    headers: string | undefined,
    body: string | undefined,
    call: Call,
    scope: CallScope,
    start: Start,
  ): Promise<HttpResponse> {
    const { path } = call;
    const { credentialKey } = scope;
    const abandoned = new Cancellation();
    const answer = start(call, { ...scope, callerGone: abandoned });
    // An object that is spread into this one would cost a small operation a fifth of its processor time.
    const flight: Flight = { credentialKey, path, headers, body, answer, abandoned, waiting: 0 };
    this.#at(path).push(flight);
    const leave = this.#enter(flight, scope.callerGone);
    try {
      return await answer;
    } finally {
      scope.callerGone.offCancel(leave);
      this.#forget(flight);
    }
  }

  async #join(flight: Flight, call: Call, scope: CallScope, start: Start): Promise<HttpResponse> {
    const leave = this.#enter(flight, scope.callerGone);
    try {
      return await flight.answer;
    } catch (error) {
      const ranOut = error instanceof UpstreamError && error.code === 'TIMEOUT';
      if (!ranOut || scope.deadline <= performance.now()) throw error;
      return await start(call, scope);
    } finally {
      scope.callerGone.offCancel(leave);
    }
  }

  /** @returns what has been told to `gone` */
  #enter(flight: Flight, gone: Cancellation): () => void {
    const leave = () => {
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      this.#forget(flight);
      flight.abandoned.cancel();
    };
    flight.waiting += 1;
    gone.onCancel(leave);
    if (gone.cancelled) leave();
    return leave;
  }

  /** Once it has been forgotten, nothing happens. */
  #forget(flight: Flight): void {
    const flights = this.#at(flight.path);
    const index = flights.indexOf(flight);
    if (index !== -1) flights.splice(index, 1);
  }

  #at(path: string): Flight[] {
    return this.#flights[pathHash(path) % BUCKETS] ?? [];
  }
}
