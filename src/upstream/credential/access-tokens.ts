import type { Logger } from '../../telemetry/logger.js';
import { UpstreamError } from '../errors.js';
import type { CallScope } from '../http/call.js';

/** An access token. Times are from `performance.now()`. */
export interface AccessToken {
  /** The value of `Authorization`. A secret. */
  readonly authorization: string;
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** Where access tokens come from. */
interface TokenSource {
  /** @throws {TokenRequestError} */
  request(): Promise<AccessToken>;
  close(): void;
}

/** A token request failed. `message` says why, without a secret or a response body. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';

  /**
   * @param isRejection whether the endpoint rejected the request, so that it will probably reject the next one
   * @param retryAfterSeconds the endpoint's `Retry-After`
   */
  constructor(
    message: string,
    readonly isRejection: boolean,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** A token is renewed before it expires by this share of its lifetime, but at most by {@link MAX_RENEWAL_LEAD_MS}. */
const RENEWAL_LEAD = 0.2;
const MAX_RENEWAL_LEAD_MS = 60_000;
/** A token is not used in the last part of its lifetime, because a call takes time to arrive. */
const ARRIVAL_LEAD = 0.05;
const MAX_ARRIVAL_LEAD_MS = 5000;

/** The pause after a failed request doubles with each further failure. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 5000;
/** A rejection is not transient, and some servers lock a client out after repeated rejections. */
const MAX_PAUSE_AFTER_REJECTION_MS = 60_000;

/**
 * The API may reject tokens whatever their age, all of them or only those of some calls. So many in a row may be rejected
 * this early before renewals pause.
 */
const EARLY_REJECTIONS = 3;
const EARLY_MS = 10_000;

/**
 * The access token of the process. It is cached, renewed in the background while the old token is still valid, and renewed
 * once after a 401. Concurrent callers share one request, and failed requests are followed by a pause in which callers
 * without a valid token fail at once.
 */
export class AccessTokens {
  readonly #source: TokenSource;
  readonly #logger: Logger;
  #token: AccessToken | undefined;
  #renewAt = 0;
  #unusableAt = 0;
  #requesting: Promise<AccessToken> | undefined;
  #failures = 0;
  #pausedUntil = 0;
  #earlyRejections = 0;
  #rejectionPauseMs = 0;
  #keptUntil = 0;
  #isClosed = false;

  constructor(source: TokenSource, logger: Logger) {
    this.#source = source;
    this.#logger = logger;
  }

  /** The cached token, if it is still valid. Starts to renew it if that is due. */
  get current(): AccessToken | undefined {
    if (this.#token === undefined) return undefined;
    const now = performance.now();
    if (now >= this.#renewAt) this.#renewInBackground(now);
    return now < this.#unusableAt ? this.#token : undefined;
  }

  /**
   * A valid token, requested if necessary.
   *
   * @throws {UpstreamError} `UNAVAILABLE` if there is none before the deadline, or the caller disconnects first
   */
  async obtain({ deadline, callerGone }: Pick<CallScope, 'deadline' | 'callerGone'>): Promise<AccessToken> {
    const { current } = this;
    if (current !== undefined) return current;
    const now = performance.now();
    if (this.#requesting === undefined && now < this.#pausedUntil) throw this.#unavailable(true);
    const requesting = (this.#requesting ??= this.#renew());
    return await new Promise((resolve, reject) => {
      const stopWaiting = () => {
        clearTimeout(timer);
        callerGone.offCancel(giveUp);
      };
      const giveUp = () => {
        stopWaiting();
        reject(this.#unavailable(true));
      };
      const timer = setTimeout(giveUp, Math.max(0, Math.ceil(deadline - now)));
      callerGone.onCancel(giveUp);
      if (callerGone.cancelled) giveUp();
      requesting.then(
        (token) => {
          stopWaiting();
          resolve(token);
        },
        () => {
          stopWaiting();
          // The first failure may be a glitch, and may be retried after the pause.
          reject(this.#unavailable(this.#failures > 1));
        },
      );
    });
  }

  /**
   * Stops using a token that the API answered with 401, unless renewals pause. A token that is kept may still do for
   * other calls.
   *
   * @returns whether there is another token, or one can be obtained
   */
  reject(token: AccessToken): boolean {
    if (token !== this.#token) return true;
    const now = performance.now();
    if (now < this.#keptUntil) return false;
    const isEarly = now - token.obtainedAt < EARLY_MS + this.#rejectionPauseMs;
    this.#earlyRejections = isEarly ? this.#earlyRejections + 1 : 0;
    const pauses = this.#earlyRejections - EARLY_REJECTIONS;
    this.#rejectionPauseMs = pauses > 0 ? backoffMs(pauses, MAX_PAUSE_AFTER_REJECTION_MS) : 0;
    this.#keptUntil = now + this.#rejectionPauseMs;
    this.#token = undefined;
    this.#logger.warn('The Demand API rejected the access token; the gateway requests another one.');
    return true;
  }

  /** Ends a request in flight. */
  close(): void {
    this.#isClosed = true;
    this.#source.close();
  }

  #renewInBackground(now: number): void {
    if (this.#requesting !== undefined || now < this.#pausedUntil || this.#isClosed) return;
    this.#requesting = this.#renew();
    // The failure has been logged, and the old token is still valid.
    this.#requesting.catch(() => undefined);
  }

  async #renew(): Promise<AccessToken> {
    try {
      const token = await this.#source.request();
      const lifetime = token.expiresAt - token.obtainedAt;
      // A token that was replaced without having been rejected was a good one.
      if (this.#token !== undefined) this.#earlyRejections = 0;
      this.#token = token;
      this.#renewAt = token.expiresAt - Math.min(RENEWAL_LEAD * lifetime, MAX_RENEWAL_LEAD_MS);
      this.#unusableAt = token.expiresAt - Math.min(ARRIVAL_LEAD * lifetime, MAX_ARRIVAL_LEAD_MS);
      if (this.#failures > 0) this.#logger.info('The token endpoint issues access tokens again.');
      this.#failures = 0;
      return token;
    } catch (error) {
      this.#pauseAfterFailure(error);
      throw error;
    } finally {
      this.#requesting = undefined;
    }
  }

  #pauseAfterFailure(error: unknown): void {
    if (this.#isClosed) return;
    this.#failures += 1;
    const { isRejection, retryAfterSeconds = 0 } =
      error instanceof TokenRequestError ? error : { isRejection: false };
    const maxMs = isRejection ? MAX_PAUSE_AFTER_REJECTION_MS : MAX_PAUSE_MS;
    const requestedMs = Math.min(retryAfterSeconds * 1000, MAX_PAUSE_AFTER_REJECTION_MS);
    const ms = Math.max(backoffMs(this.#failures, maxMs), requestedMs);
    this.#pausedUntil = performance.now() + ms;
    const reason = error instanceof TokenRequestError ? error.message : 'unexpected error';
    this.#logger.warn({ reason, pauseMs: ms }, 'The token endpoint issued no access token.');
  }

  #unavailable(notAdmitted: boolean): UpstreamError {
    const seconds = Math.ceil((this.#pausedUntil - performance.now()) / 1000);
    return new UpstreamError(
      'UNAVAILABLE',
      'The gateway cannot obtain an access token for the Demand API at the moment.',
      { notAdmitted, retryAfterSeconds: Math.max(1, seconds) },
    );
  }
}

/** @param nth counts from 1 */
function backoffMs(nth: number, maxMs: number): number {
  return Math.min(maxMs, FIRST_PAUSE_MS * 2 ** (nth - 1));
}
