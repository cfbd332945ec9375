import { latin1Of } from '../http/body.js';
import type { CallLog } from './call-log.js';
import type { Call, CallScope } from '../http/call.js';
import { badResponse, UpstreamError, type UpstreamErrorDetails } from '../errors.js';
import type { HttpHeaders, HttpResponse } from '../http/http.js';
import { sleepUnlessGone } from '../resilience/sleep.js';
import type { Transport } from '../resilience/transport.js';
import type { ResponseBodyReader } from '../resources/validation.js';

/** The transport bound to the scope of one operation. Every failure is an {@link UpstreamError}. */
export class ScopedTransport {
  readonly #transport: Transport;
  readonly #scope: CallScope;
  readonly #log: CallLog | undefined;
  #made = 0;

  /** @param log records each call. Default: none does */
  constructor(transport: Transport, scope: CallScope, log?: CallLog) {
    this.#transport = transport;
    this.#scope = scope;
    this.#log = log;
  }

  /** The number of calls that have been made, each with its retries. */
  get made(): number {
    return this.#made;
  }

  /**
   * Makes a call that changes something. If a response was lost, the error has `outcomeUnknown`; and `settledBy`, if a retry
   * was then rejected for the version or the state, since reading the run can settle that.
   */
  async write(call: Call, details: UpstreamErrorDetails = {}): Promise<HttpResponse> {
    try {
      const response = await this.#call(call);
      if (response.status !== 304) return response;
      throw badResponse('The Demand API responded to a change with 304.', {
        answerLost: true,
      });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const lost = lostAnswerOf(error);
      if (lost === undefined) throw error.with(details);
      const { retryAfterSeconds } = error.details;
      const settledBy = isRejection(error) ? error.code : undefined;
      throw new UpstreamError(lost.code, `${lost.message} It is unknown whether the change was made.`, {
        ...lost.details,
        ...details,
        retryAfterSeconds,
        settledBy,
        outcomeUnknown: true,
      });
    }
  }

  /**
   * Waits between two reads.
   *
   * @param ms milliseconds
   * @returns false, without waiting, if the deadline comes first, and as soon as the caller disconnects
   */
  async wait(ms: number): Promise<boolean> {
    const { deadline, callerGone } = this.#scope;
    return performance.now() + ms < deadline && (await sleepUnlessGone(ms, callerGone));
  }

  /** @returns the validated body; null for a 404 */
  read<T>(path: string, read: ResponseBodyReader<T>): Promise<T | null> {
    return this.#read({ kind: 'read', method: 'GET', path }, (response) => read(latin1Of(response)));
  }

  /** Reads with a query too long for a URL: a POST that changes nothing. */
  readWith<T>(path: string, json: unknown, read: ResponseBodyReader<T>): Promise<T | null> {
    const call: Call = { kind: 'read', method: 'POST', path, json };
    return this.#read(call, (response) => read(latin1Of(response)));
  }

  /** @returns a response with status 2xx or 304; null for a 404 */
  get(path: string, headers?: HttpHeaders): Promise<HttpResponse | null> {
    const call: Call = { kind: 'read', method: 'GET', path, ...(headers && { headers }) };
    return this.#read(call, (response) => response);
  }

  #call(call: Call): Promise<HttpResponse> {
    this.#made += 1;
    if (this.#log === undefined) return this.#transport.call(call, this.#scope);
    return this.#log.track(call, (tallied) => this.#transport.call(tallied, this.#scope));
  }

  async #read<T>(call: Call, resultOf: (response: HttpResponse) => T): Promise<T | null> {
    let response: HttpResponse;
    try {
      response = await this.#call(call);
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
    return resultOf(response);
  }
}

/** The error to report for a lost response. An earlier attempt's error is more telling than an undocumented status. */
function lostAnswerOf(error: UpstreamError): UpstreamError | undefined {
  const { answerLost, lostBefore } = error.details;
  if (answerLost !== true || (error.code === 'BAD_RESPONSE' && lostBefore !== undefined)) return lostBefore;
  return error;
}

/** Whether a conditional change was rejected for the version or the state of the resource. */
function isRejection({ code }: UpstreamError): boolean {
  return code === 'PRECONDITION_FAILED' || code === 'INVALID_STATE';
}
