import type { TraceContext } from '../telemetry/trace-context.js';
import type { Breakers } from './breakers.js';
import { changedBelow, type Call, type CallScope } from './call.js';
import type { Cooldown, Cooldowns } from './cooldowns.js';
import { UpstreamError } from './errors.js';
import type { Exchanges } from './exchange.js';
import { failureOf, timedOut } from './failure.js';
import { HttpFailure, type HttpHeaders, type HttpResponse } from './http.js';
import { problemOf, RATE_LIMITED } from './problem.js';
import { retryAfterOf } from './retry-after.js';
import type { RetryBudget } from './retry-budget.js';
import { retryDelayMs, type RetryPolicy } from './retry.js';
import type { SingleFlight } from './single-flight.js';
import { sleepUnlessGone } from './sleep.js';
import type { Turns } from './turns.js';

export interface TransportOptions {
  readonly retryPolicy: RetryPolicy;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a transport works with, each shared by all calls of the process. */
export interface TransportDeps {
  readonly exchanges: Exchanges;
  readonly turns: Turns;
  readonly breakers: Breakers;
  readonly budget: RetryBudget;
  readonly cooldowns: Cooldowns;
  readonly flights: SingleFlight;
}

/** Makes logical calls of as many attempts as it takes and the rules allow. One for each process. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #deps: TransportDeps;

  constructor(options: TransportOptions, deps: TransportDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** The header fields of all calls of one operation. */
  commonFields(authorization: string | undefined, trace: TraceContext): HttpHeaders {
    return this.#deps.exchanges.commonFields(authorization, trace);
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
    if (call.kind === 'read') return await flights.read(call, scope, this.#attempts);
    try {
      return await this.#attempts(call, scope);
    } finally {
      flights.endBelow(...changedBelow(call));
    }
  }

  readonly #attempts = async (call: Call, scope: CallScope): Promise<HttpResponse> => {
    this.#deps.budget.countCall(performance.now());
    let lostBefore: UpstreamError | undefined;
    let fresh = false;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(call, scope, fresh);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        const failure = lostBefore === undefined ? error : error.with({ lostBefore });
        if (!(await this.#mayTryAgain(call, scope, error, attempt))) throw failure;
        if (error.details.answerLost === true) lostBefore ??= error;
        fresh = isOfConnection(error);
      }
    }
  };

  /** Waits as long as it takes until the call may be made again; false where it may not, or not in time. */
  async #mayTryAgain(
    { kind }: Call,
    scope: CallScope,
    error: UpstreamError,
    attempt: number,
  ): Promise<boolean> {
    const delayMs = retryDelayMs({ kind, error, attempt, random: Math.random() }, this.#options.retryPolicy);
    if (delayMs === undefined || performance.now() + delayMs >= scope.deadline) return false;
    if (scope.callerGone.cancelled) return false;
    // The next attempt is on a new connection, so that this is free once a call.
    if (diedInPool(error)) return true;
    if (!this.#deps.budget.takeRetry(performance.now())) return false;
    return await sleepUnlessGone(delayMs, scope.callerGone);
  }

  /** Waits until the credential may be used again after a 429, where that is before the deadline. */
  async #coolDown({ ms, reportSeconds }: Cooldown, { deadline, callerGone }: CallScope): Promise<void> {
    if (performance.now() + ms >= deadline) {
      throw new UpstreamError('RATE_LIMITED', RATE_LIMITED, {
        retryAfterSeconds: reportSeconds,
        notAdmitted: true,
      });
    }
    if (!(await sleepUnlessGone(ms, callerGone))) throw timedOut(false);
  }

  #startCooldown({ credentialKey }: CallScope, response: HttpResponse): void {
    const seconds = retryAfterOf(response, this.#options.now());
    this.#deps.cooldowns.start(credentialKey, seconds);
  }

  async #attempt(call: Call, scope: CallScope, fresh: boolean): Promise<HttpResponse> {
    const response = await this.#exchange(call, scope, fresh);
    if (response === undefined) {
      throw new UpstreamError(
        'UNAVAILABLE',
        'The Demand API is down. Calls to it are paused for the moment.',
        {
          retryAfterSeconds: this.#deps.breakers.retryAfterSeconds,
          notAdmitted: true,
        },
      );
    }
    if ((response.status >= 200 && response.status < 300) || response.status === 304) return response;
    throw problemOf(response, this.#options.now());
  }

  /** Waits for the credential and for a turn. @returns undefined where the breaker lets nothing out */
  async #exchange(call: Call, scope: CallScope, fresh: boolean): Promise<HttpResponse | undefined> {
    const { cooldowns, turns } = this.#deps;
    try {
      for (;;) {
        const cooldown = cooldowns.remaining(scope.credentialKey);
        if (cooldown !== undefined) await this.#coolDown(cooldown, scope);
        const waiting = turns.enter(scope);
        if (waiting !== undefined) await waiting;
        try {
          // Another call of the credential can have had a 429 while this one waited.
          const isCool = cooldowns.remaining(scope.credentialKey) === undefined;
          if (isCool) return await this.#send(call, scope, fresh);
        } finally {
          turns.leave();
        }
      }
    } catch (error) {
      throw failureOf(error);
    }
  }

  async #send(call: Call, scope: CallScope, fresh: boolean): Promise<HttpResponse | undefined> {
    const { breakers, exchanges } = this.#deps;
    const response = await breakers.execute(call, (isProbe) =>
      // Connections from before an outage tell nothing of its end.
      exchanges.send(call, scope, fresh || isProbe),
    );
    if (response?.status === 429) this.#startCooldown(scope, response);
    return response;
  }
}

/** Whether a connection that was kept for the next request turned out to be dead. */
function diedInPool({ cause }: UpstreamError): boolean {
  return cause instanceof HttpFailure && cause.pooled;
}

/**
 * Whether a new connection may do better: one that has died silently answers nothing, and a server that closes one for want
 * of requests may say 408 (RFC 9110, 15.5.9).
 */
function isOfConnection(error: UpstreamError): boolean {
  const { cause, details } = error;
  const isSilent = cause instanceof HttpFailure && cause.kind === 'timed-out' && !cause.answered;
  return isSilent || diedInPool(error) || details.status === 408;
}
