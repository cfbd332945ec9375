import type { Call, CallScope } from '../http/call.js';
import { Cancellation } from '../../cancellation.js';
import { UpstreamError } from '../errors.js';
import { timedOut } from '../http/failure.js';
import { pathHash } from '../resources/path-hash.js';
import type { HttpResponse } from '../http/http.js';
import { noRecorder, type Recorder } from '../../telemetry/recorder.js';

/** Enough that reads of different paths rarely share a bucket. */
const BUCKETS = 1024;

interface Flight {
  readonly credentialKey: string;
  /** Of the caller that started the call. */
  readonly principalKey: string;
  readonly path: string;
  /** JSON. */
  readonly headers: string | undefined;
  /** JSON. */
  readonly body: string | undefined;
  readonly response: Promise<HttpResponse>;
  readonly abandoned: Cancellation;
  /** Cancelled when the call pauses, see `CallScope.sharing`. Undefined where the credential has only one principal. */
  readonly sharing: Cancellation | undefined;
  /** How many callers await the response. */
  waiting: number;
}

/** Makes the call, until the scope's `callerGone`. */
type Start = (call: Call, scope: CallScope) => Promise<HttpResponse>;

/** Concurrent equal reads of one credential share one call. */
export class SingleFlight {
  /**
   * Reads in flight, in buckets by the hash of their path. Not a `Map`: it allocates a new table every few insertions, and
   * V8 leaves a pointer from the old table to the new one. Once a table is in the old generation, its successors survive
   * until a full collection, with every response that was in flight meanwhile. Not an object either: V8 would intern each
   * path as a property name.
   */
  readonly #flights: readonly Flight[][] = Array.from({ length: BUCKETS }, () => []);
  readonly #recorder: Pick<Recorder, 'readShared'>;

  /** @param recorder default: records nothing */
  constructor(recorder: Pick<Recorder, 'readShared'> = noRecorder) {
    this.#recorder = recorder;
  }

  /**
   * Joins an equal read (same path, headers and body) that is in flight, or starts one.
   *
   * A disconnecting caller ends the call only if no other caller awaits it. Callers that join have later deadlines than
   * the one that started the call, so they repeat a call that timed out. A call that pauses after a 429 of the principal that
   * started it is shared with other principals no longer, so that they do not wait for the end of the pause.
   */
  read(call: Call, scope: CallScope, start: Start): Promise<HttpResponse> {
    const { path } = call;
    const { credentialKey, principalKey } = scope;
    const headers = call.headers === undefined ? undefined : JSON.stringify(call.headers);
    const body = call.json === undefined ? undefined : JSON.stringify(call.json);
    const flight = this.#at(path).find(
      (each) =>
        each.path === path &&
        each.credentialKey === credentialKey &&
        each.headers === headers &&
        each.body === body &&
        (each.principalKey === principalKey || each.sharing?.cancelled !== true),
    );
    if (flight !== undefined) return this.#join(flight, call, scope, start);
    return this.#lead(headers, body, call, scope, start);
  }

  /** Stops sharing the reads in flight below `paths`: a read after a change must not receive a response from before it. */
  endBelow(...paths: readonly string[]): void {
    for (const flights of this.#flights) {
      if (flights.length === 0) continue;
      const stale = flights.filter((flight) => paths.some((path) => flight.path.startsWith(path)));
      for (const flight of stale) this.#forget(flight);
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
    const { credentialKey, principalKey } = scope;
    const abandoned = new Cancellation();
    const sharing = principalKey === credentialKey ? undefined : new Cancellation();
    const response = start(call, { ...scope, callerGone: abandoned, sharing });
    // Spreading another object into this one cost a fifth of the CPU time of a small operation.
    const flight: Flight = {
      credentialKey,
      principalKey,
      path,
      headers,
      body,
      response,
      abandoned,
      sharing,
      waiting: 0,
    };
    this.#at(path).push(flight);
    const leave = this.#enter(flight, scope.callerGone);
    try {
      return await response;
    } finally {
      scope.callerGone.offCancel(leave);
      this.#forget(flight);
    }
  }

  async #join(flight: Flight, call: Call, scope: CallScope, start: Start): Promise<HttpResponse> {
    const leave = this.#enter(flight, scope.callerGone);
    try {
      const response = await sharedResponse(flight, scope);
      if (response !== undefined) {
        this.#recorder.readShared();
        return response;
      }
    } catch (error) {
      const timedOut = error instanceof UpstreamError && error.code === 'TIMEOUT';
      if (!timedOut || scope.deadline <= performance.now()) throw error;
      return await start(call, scope);
    } finally {
      scope.callerGone.offCancel(leave);
    }
    if (scope.callerGone.cancelled) throw timedOut(false);
    leave();
    return await this.read(call, scope, start);
  }

  /** @returns the listener that was added to `gone` */
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

  /** Idempotent. */
  #forget(flight: Flight): void {
    const flights = this.#at(flight.path);
    const index = flights.indexOf(flight);
    if (index === -1) return;
    const last = flights.pop();
    if (last !== undefined && last !== flight) flights[index] = last;
  }

  #at(path: string): Flight[] {
    return this.#flights[pathHash(path) % BUCKETS] ?? [];
  }
}

/** @returns undefined if the response is not shared with the caller any more */
function sharedResponse(
  { response, sharing, principalKey }: Flight,
  scope: CallScope,
): Promise<HttpResponse | undefined> {
  if (sharing === undefined || principalKey === scope.principalKey) return response;
  return new Promise((resolve, reject) => {
    sharing.onCancel(() => {
      resolve(undefined);
    });
    response.then(resolve, reject);
  });
}
