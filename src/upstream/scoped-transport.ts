import { octetsOf } from './body.js';
import type { Call, CallScope } from './call.js';
import { badResponse, UpstreamError, type UpstreamErrorDetails } from './errors.js';
import type { HttpHeaders, HttpResponse } from './http.js';
import { sleepUnlessGone } from './sleep.js';
import type { Transport } from './transport.js';
import type { BodyReader } from './validation.js';

/** The transport on behalf of one operation: its reads and its changes. Every failure is an {@link UpstreamError}. */
export class ScopedTransport {
  readonly #transport: Transport;
  readonly #scope: CallScope;

  constructor(transport: Transport, scope: CallScope) {
    this.#transport = transport;
    this.#scope = scope;
  }

  /**
   * Makes a call that changes something. Once an answer has been lost, a failure says that the outcome is unknown; a
   * refusal for the version or the state is named in `settledBy`, since it can be settled by reading the run.
   */
  async write(call: Call, details: UpstreamErrorDetails = {}): Promise<HttpResponse> {
    try {
      const response = await this.#transport.call(call, this.#scope);
      if (response.status !== 304) return response;
      throw badResponse('The Demand API answered a change with 304, as if it were a read.', {
        answerLost: true,
      });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const lost = lostAnswerOf(error);
      if (lost === undefined) throw error.with(details);
      const { retryAfterSeconds } = error.details;
      const settledBy = isRefusal(error) ? error.code : undefined;
      throw new UpstreamError(lost.code, `${lost.message} Whether the change was made is not known.`, {
        ...lost.details,
        ...details,
        retryAfterSeconds,
        settledBy,
        outcomeUnknown: true,
      });
    }
  }

  /**
   * Waits between two reads of the operation.
   *
   * @param ms milliseconds
   * @returns false, at once, where that is not before the deadline, and as soon as the caller goes away
   */
  async wait(ms: number): Promise<boolean> {
    const { deadline, callerGone } = this.#scope;
    return performance.now() + ms < deadline && (await sleepUnlessGone(ms, callerGone));
  }

  /** A body that has been checked; null for a 404. */
  async read<T>(path: string, read: BodyReader<T>): Promise<T | null> {
    const response = await this.get(path);
    return response === null ? null : read(octetsOf(response));
  }

  /** The same for a question that is too long for a URL: it goes with POST, and changes nothing. */
  async readWith<T>(path: string, json: unknown, read: BodyReader<T>): Promise<T | null> {
    const response = await this.#ask({ kind: 'read', method: 'POST', path, json });
    return response === null ? null : read(octetsOf(response));
  }

  /** An answer with 200 or 304; null for a 404. */
  get(path: string, headers?: HttpHeaders): Promise<HttpResponse | null> {
    return this.#ask({ kind: 'read', method: 'GET', path, ...(headers && { headers }) });
  }

  async #ask(call: Call): Promise<HttpResponse | null> {
    try {
      return await this.#transport.call(call, this.#scope);
    } catch (error) {
      if (error instanceof UpstreamError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }
}

/**
 * The attempt whose lost answer is told of. What a status that nobody knows says of the API is less than what an attempt
 * before it said.
 */
function lostAnswerOf(error: UpstreamError): UpstreamError | undefined {
  const { answerLost, lostBefore } = error.details;
  if (answerLost !== true || (error.code === 'BAD_RESPONSE' && lostBefore !== undefined)) return lostBefore;
  return error;
}

/** Whether a conditional change was refused for the version or the state that it met. */
function isRefusal({ code }: UpstreamError): boolean {
  return code === 'PRECONDITION_FAILED' || code === 'INVALID_STATE';
}
