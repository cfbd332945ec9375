import type { AttemptObserver } from './attempt-observer.js';
import type { Breakers } from './breakers.js';
import { noRecorder, type Recorder } from '../../telemetry/recorder.js';
import type { Call, CallScope } from '../http/call.js';
import type { Cooldown, Cooldowns } from './cooldowns.js';
import { UpstreamError } from '../errors.js';
import type { RequestSender } from '../http/request-sender.js';
import { failureOf, timedOut } from '../http/failure.js';
import { HttpFailure, type HttpHeaders, type HttpResponse } from '../http/http.js';
import { problemOf, RATE_LIMITED } from '../http/problem.js';
import { retryAfterOf } from '../http/retry-after.js';
import type { RetryBudget } from './retry-budget.js';
import { pathsAffectedBy } from '../resources/resource-ref.js';
import { retryDelayMs, type RetryPolicy } from './retry.js';
import type { SingleFlight } from './single-flight.js';
import { sleepUnlessGone } from './sleep.js';
import type { Semaphore } from './semaphore.js';

export interface TransportOptions {
  readonly retryPolicy: RetryPolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Shared by all calls of the process. */
export interface TransportDeps {
  readonly sender: RequestSender;
  readonly semaphore: Semaphore;
  readonly breakers: Breakers;
  readonly budget: RetryBudget;
  readonly cooldowns: Cooldowns;
  readonly flights: SingleFlight;
  /** Called after each change that may have been made, with its path. */
  readonly onChange?: (path: string) => void;
  /** Default: records nothing. */
  readonly recorder?: Recorder;
  /** Observes each request that is sent. Default: none does. */
  readonly attempts?: AttemptObserver;
}

/** Makes calls, with retries, under the limits that protect the API. One per process. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #deps: TransportDeps;
  readonly #recorder: Recorder;

  constructor(options: TransportOptions, deps: TransportDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#recorder = deps.recorder ?? noRecorder;
  }

  /**
   * @returns a response with status 2xx or 304; rejects with an {@link UpstreamError} for any other outcome, where `answerLost` and
   *   `lostBefore` mark a call that may have been carried out
   * @throws {ForbiddenError} if the caller may not make the call
   */
  call(call: Call, scope: CallScope): Promise<HttpResponse> {
    scope.authorize?.(call);
    return call.kind === 'read'
      ? this.#deps.flights.read(call, scope, this.#attempts)
      : this.#change(call, scope);
  }

  async #change(call: Call, scope: CallScope): Promise<HttpResponse> {
    try {
      return await this.#attempts(call, scope);
    } finally {
      this.#deps.flights.endBelow(...pathsAffectedBy(call.path));
      this.#deps.onChange?.(call.path);
    }
  }

  readonly #attempts = async (call: Call, scope: CallScope): Promise<HttpResponse> => {
    this.#deps.budget.countCall(performance.now());
    let lostBefore: UpstreamError | undefined;
    let fresh = false;
    let isRenewed = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendWhenAllowed(call, scope, fresh, attempt);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        // A rejected change had no effect, so it can be sent again with another token, once.
        if (error.details.hasOtherToken === true && !isRenewed) {
          isRenewed = true;
          this.#recorder.retried();
          continue;
        }
        const failure = lostBefore === undefined ? error : error.with({ lostBefore });
        if (!(await this.#mayRetry(call, scope, error, attempt))) throw failure;
        this.#recorder.retried();
        if (error.details.answerLost === true) lostBefore ??= error;
        fresh = needsNewConnection(error);
      }
    }
  };

  /** Waits until the call may be retried; false if it may not, or not before the deadline. */
  async #mayRetry({ kind }: Call, scope: CallScope, error: UpstreamError, attempt: number): Promise<boolean> {
    const delayMs = retryDelayMs({ kind, error, attempt, random: Math.random() }, this.#options.retryPolicy);
    if (delayMs === undefined || performance.now() + delayMs >= scope.deadline) return false;
    if (scope.callerGone.cancelled) return false;
    // The next attempt uses a new connection, so this can happen only once per call, and needs no budget.
    if (diedInPool(error)) return true;
    if (!this.#deps.budget.takeRetry(performance.now())) {
      this.#recorder.retryBudgetExhausted();
      return false;
    }
    return await sleepUnlessGone(delayMs, scope.callerGone);
  }

  /** Waits for the end of a cooldown, if it ends before the deadline. */
  async #coolDown(
    { ms, reportSeconds }: Cooldown,
    { deadline, callerGone, sharing }: CallScope,
  ): Promise<void> {
    sharing?.cancel();
    if (performance.now() + ms >= deadline) {
      throw new UpstreamError('RATE_LIMITED', RATE_LIMITED, {
        retryAfterSeconds: reportSeconds,
        notAdmitted: true,
      });
    }
    if (!(await sleepUnlessGone(ms, callerGone))) throw timedOut(false);
  }

  #startCooldown({ principalKey, sharing }: CallScope, response: HttpResponse): void {
    const seconds = retryAfterOf(response, this.#options.now());
    this.#deps.cooldowns.start(principalKey, seconds);
    this.#recorder.cooldownStarted();
    sharing?.cancel();
  }

  /** Waits for a token, the cooldown and a permit, then sends. */
  async #sendWhenAllowed(
    call: Call,
    scope: CallScope,
    fresh: boolean,
    attempt: number,
  ): Promise<HttpResponse> {
    const { cooldowns, semaphore } = this.#deps;
    const { credential } = scope;
    try {
      for (;;) {
        if (credential.headers === undefined) await credential.prepare(scope);
        const cooldown = cooldowns.remaining(scope.principalKey);
        if (cooldown !== undefined) await this.#coolDown(cooldown, scope);
        const waiting = semaphore.acquire(scope);
        if (waiting !== undefined) await waiting;
        try {
          // Another call of the credential may have received a 429 or a 401 meanwhile.
          const { headers } = credential;
          const isCool = cooldowns.remaining(scope.principalKey) === undefined;
          if (!isCool || headers === undefined) continue;
          const response = await this.#send(call, scope, headers, fresh, attempt);
          if (response === undefined) throw this.#callsPaused();
          if (isSuccess(response)) return response;
          throw this.#rejected(response, scope, headers);
        } finally {
          semaphore.release();
        }
      }
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** @returns undefined if nothing was sent */
  #send(
    call: Call,
    scope: CallScope,
    headers: HttpHeaders,
    fresh: boolean,
    attempt: number,
  ): Promise<HttpResponse | undefined> {
    const { breakers, sender, attempts } = this.#deps;
    return breakers.execute(call, (isProbe) => {
      if (call.tally !== undefined) call.tally.attempts += 1;
      // A connection from before the outage does not show that it is over.
      const isFresh = fresh || isProbe;
      if (attempts === undefined) return sender.send(call, scope, headers, isFresh);
      return attempts.observe(call, scope.trace, attempt, (traceparent) =>
        sender.send(call, scope, headers, isFresh, traceparent),
      );
    });
  }

  #rejected(response: HttpResponse, scope: CallScope, headers: HttpHeaders): UpstreamError {
    if (response.status === 429) this.#startCooldown(scope, response);
    const problem = this.#withWait(problemOf(response, this.#options.now()), scope);
    if (!scope.credential.isOwn) return problem;
    if (response.status === 401) return ownTokenRejected(problem, scope.credential.reject(headers));
    return withoutToken(problem, headers);
  }

  /** A 429 that does not say how long to wait reports how long calls are paused. */
  #withWait(problem: UpstreamError, { principalKey }: CallScope): UpstreamError {
    if (problem.code !== 'RATE_LIMITED' || problem.details.retryAfterSeconds !== undefined) return problem;
    const retryAfterSeconds = this.#deps.cooldowns.remaining(principalKey)?.reportSeconds;
    return retryAfterSeconds === undefined ? problem : problem.with({ retryAfterSeconds });
  }

  #callsPaused(): UpstreamError {
    this.#recorder.failedFast();
    return new UpstreamError('UNAVAILABLE', 'The Demand API is unavailable; calls to it are paused.', {
      retryAfterSeconds: this.#deps.breakers.retryAfterSeconds,
      notAdmitted: true,
    });
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

/** The API may repeat the `Authorization` that it got, which is not the caller's. */
function withoutToken(problem: UpstreamError, { authorization = '' }: HttpHeaders): UpstreamError {
  return problem.replacing(authorization.slice(authorization.indexOf(' ') + 1), '***');
}

/** The caller has been authenticated, so a rejected token is the gateway's problem. */
function ownTokenRejected({ details }: UpstreamError, hasOtherToken: boolean): UpstreamError {
  const { status, errorId } = details;
  return new UpstreamError('UNAVAILABLE', "The Demand API rejected the gateway's credentials.", {
    status,
    errorId,
    hasOtherToken,
  });
}

/** Whether a pooled connection turned out to be dead. */
function diedInPool({ cause }: UpstreamError): boolean {
  return cause instanceof HttpFailure && cause.pooled;
}

/**
 * Whether a new connection may succeed: a silently dead one yields no response, and a server that closes an idle one may
 * send 408 (RFC 9110, 15.5.9).
 */
function needsNewConnection(error: UpstreamError): boolean {
  const { cause, details } = error;
  const isSilent = cause instanceof HttpFailure && cause.kind === 'timed-out' && !cause.answered;
  return isSilent || diedInPool(error) || details.status === 408;
}
