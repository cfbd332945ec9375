import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { nextTraceparent } from '../telemetry/trace-context.js';
import type { Breaker } from './breaker.js';
import { changedBelow, type Call, type CallScope } from './call.js';
import type { Cooldowns } from './cooldowns.js';
import { badResponse, UpstreamError } from './errors.js';
import { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from './http.js';
import { problemOf } from './problem.js';
import type { RetryBudget } from './retry-budget.js';
import { retryDelayMs, type RetryPolicy } from './retry.js';
import type { SingleFlight } from './single-flight.js';

export interface TransportOptions {
  readonly baseUrl: string;
  /** Sent as `Cint-API-Version`. */
  readonly apiVersion: string;
  /** One attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** The most requests in flight. */
  readonly concurrency: number;
  readonly retryPolicy: RetryPolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a transport works with, each shared by all calls of the process. */
export interface TransportDeps {
  readonly http: HttpClient;
  readonly breaker: Breaker;
  readonly budget: RetryBudget;
  readonly cooldowns: Cooldowns;
  readonly flights: SingleFlight;
}

/** Makes logical calls of as many attempts as it takes and the rules allow. One for each process. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #deps: TransportDeps;
  readonly #queue: PQueue;

  constructor(options: TransportOptions, deps: TransportDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#queue = new PQueue({ concurrency: options.concurrency });
  }

  get baseUrl(): string {
    return this.#options.baseUrl;
  }

  /**
   * @returns an answer with a status of 2xx or 304
   * @throws {UpstreamError} for everything else. `answerLost` and `lostBefore` say that it may have been carried out.
   */
  async call(call: Call, scope: CallScope): Promise<HttpResponse> {
    if (scope.authorization === undefined) {
      throw new UpstreamError('UNAUTHENTICATED', 'The request has no `Authorization` header.');
    }
    const { flights } = this.#deps;
    if (call.kind === 'read') {
      return await flights.read(call, scope, (shared) => this.#attempts(call, shared));
    }
    try {
      return await this.#attempts(call, scope);
    } finally {
      flights.endBelow(changedBelow(call));
    }
  }

  async #attempts(call: Call, scope: CallScope): Promise<HttpResponse> {
    this.#deps.budget.countCall(performance.now());
    let lostBefore: UpstreamError | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#coolDown(scope);
        return await this.#attempt(call, scope);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        const failure = lostBefore === undefined ? error : error.with({ lostBefore });
        if (!(await this.#mayTryAgain(call, scope, error, attempt))) throw failure;
        if (error.details.answerLost === true) lostBefore ??= error;
      }
    }
  }

  /** Waits as long as it takes until the call may be made again; false where it may not, or not in time. */
  async #mayTryAgain(
    { kind }: Call,
    scope: CallScope,
    error: UpstreamError,
    attempt: number,
  ): Promise<boolean> {
    const delayMs = retryDelayMs({ kind, error, attempt, random: Math.random() }, this.#options.retryPolicy);
    if (delayMs === undefined || performance.now() + delayMs >= scope.deadline) return false;
    if (!this.#deps.budget.takeRetry(performance.now())) return false;
    return await sleepUnlessGone(delayMs, scope.callerGone);
  }

  /** Waits until the credential may be used again after a 429, where that is before the deadline. */
  async #coolDown({ credentialKey, deadline, callerGone }: CallScope): Promise<void> {
    const cooldown = this.#deps.cooldowns.remaining(credentialKey, performance.now());
    if (cooldown === undefined) return;
    if (performance.now() + cooldown.ms >= deadline) {
      throw new UpstreamError(
        'RATE_LIMITED',
        'The Demand API has had too many requests with these credentials.',
        {
          retryAfterSeconds: cooldown.reportSeconds,
          notAdmitted: true,
        },
      );
    }
    if (!(await sleepUnlessGone(cooldown.ms, callerGone))) throw timedOut(false);
  }

  async #attempt(call: Call, scope: CallScope): Promise<HttpResponse> {
    const { breaker, cooldowns } = this.#deps;
    let response: HttpResponse | undefined;
    try {
      response = await this.#inTurn(scope, () => breaker.execute(() => this.#exchange(call, scope)));
    } catch (error) {
      throw failureOf(error);
    }
    if (response === undefined) {
      throw new UpstreamError('UNAVAILABLE', 'The Demand API is down; it is not asked for the moment.', {
        retryAfterSeconds: breaker.retryAfterSeconds,
        notAdmitted: true,
      });
    }
    if ((response.status >= 200 && response.status < 300) || response.status === 304) return response;
    const problem = problemOf(response, this.#options.now());
    if (problem.code === 'RATE_LIMITED') {
      cooldowns.start(scope.credentialKey, problem.details.retryAfterSeconds, performance.now());
    }
    throw problem;
  }

  /** Waits for a place among the requests in flight, no longer than the deadline allows. */
  async #inTurn<T>(scope: CallScope, send: () => Promise<T>): Promise<T> {
    if (this.#queue.pending < this.#options.concurrency && this.#queue.size === 0)
      return await this.#queue.add(send);
    const late = AbortSignal.timeout(Math.max(0, scope.deadline - performance.now()));
    const signal = AbortSignal.any([scope.callerGone, late]);
    let sent = false;
    const sendOnce = () => {
      sent = true;
      return send();
    };
    return await this.#queue.add(sendOnce, { signal }).catch((error: unknown) => {
      throw sent ? error : timedOut(false, error);
    });
  }

  /** One HTTP exchange. @throws {HttpFailure}, or {UpstreamError} where there is no time left to begin */
  async #exchange(call: Call, scope: CallScope): Promise<HttpResponse> {
    const remaining = scope.deadline - performance.now();
    if (remaining <= 0 || scope.callerGone.aborted) throw timedOut(false);
    const abort = new AbortController();
    const stop = () => {
      abort.abort();
    };
    const timer = setTimeout(
      () => {
        abort.abort(LATE);
      },
      Math.min(this.#options.timeoutMs, remaining),
    );
    if (call.kind === 'read') scope.callerGone.addEventListener('abort', stop);
    try {
      const response = await this.#deps.http.send(this.#request(call, scope, abort.signal));
      // A change that was answered with 2xx has been made, whatever became of the body. A read needs it.
      if (call.kind === 'read' && 'failure' in response.body) throw response.body.failure;
      return response;
    } catch (error) {
      throw abort.signal.reason === LATE && error instanceof HttpFailure
        ? new HttpFailure('timed-out', error)
        : error;
    } finally {
      clearTimeout(timer);
      scope.callerGone.removeEventListener('abort', stop);
    }
  }

  #request({ method, path, headers, json }: Call, scope: CallScope, signal: AbortSignal): HttpRequest {
    const { baseUrl, apiVersion } = this.#options;
    const { traceState } = scope.trace;
    return {
      method,
      url: baseUrl + path,
      headers: {
        accept: 'application/json',
        'user-agent': 'fieldgate',
        'cint-api-version': apiVersion,
        authorization: scope.authorization ?? '',
        traceparent: nextTraceparent(scope.trace),
        ...(traceState === undefined ? {} : { tracestate: traceState }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
      signal,
    };
  }
}

/** Why an exchange is aborted, where it took too long. */
const LATE = Symbol('late');

/** What a failed exchange means. Anything that is no {@link HttpFailure} stays what it is. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  switch (error.kind) {
    case 'not-connected':
      return new UpstreamError('UNAVAILABLE', 'The Demand API cannot be reached.', { cause: error });
    case 'broken':
      return new UpstreamError('UNAVAILABLE', 'The connection to the Demand API broke.', {
        answerLost: true,
        cause: error,
      });
    case 'timed-out':
    case 'aborted':
      return timedOut(true, error);
    case 'too-large':
      return badResponse('The Demand API gave an answer that is too large.', { cause: error });
  }
}

function timedOut(answerLost: boolean, cause?: unknown): UpstreamError {
  return new UpstreamError('TIMEOUT', 'The Demand API did not answer in time.', { answerLost, cause });
}

/** @returns false where the caller went away meanwhile */
async function sleepUnlessGone(ms: number, callerGone: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: callerGone });
    return true;
  } catch {
    return false;
  }
}
