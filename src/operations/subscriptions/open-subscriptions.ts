import { GraphQLError } from 'graphql';
import type { StreamsConfig } from '../../config/streams.js';
import { ByteBudget } from '../byte-budget.js';

/** A subscription that can be ended from outside. */
export interface Endable {
  end(reason: 'expired' | 'closing'): void;
}

/** `MAX_SUBSCRIPTIONS` bounds operations up to this length. */
const USUAL_LENGTH = 4 * 1024;
const MAX_LARGE_LENGTH = 64 * 1024 * 1024;
const SWEEP_MS = 500;
const SECOND_MS = 1000;

/** The open subscriptions: limits their number, and ends them when their tokens expire or the process closes. */
export class OpenSubscriptions {
  readonly #limits: StreamsConfig;
  readonly #now: () => number;
  readonly #open = new Set<Endable>();
  readonly #byPrincipal = new Map<string, number>();
  /** Subscriptions by the second in which their tokens expire, so that one timer serves all. */
  readonly #expiring = new Map<number, Set<Endable>>();
  readonly #lengths = new ByteBudget(USUAL_LENGTH, MAX_LARGE_LENGTH);
  #reserved = 0;
  #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param now milliseconds since the epoch */
  constructor(limits: StreamsConfig, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Counts one more subscription of a principal.
   *
   * @param length of what the subscription keeps: its document and its variables
   * @throws {GraphQLError} if a limit is reached
   */
  reserve(principalKey: string, length: number): void {
    const { max, maxPerPrincipal } = this.#limits;
    const ofPrincipal = this.#byPrincipal.get(principalKey) ?? 0;
    if (ofPrincipal >= maxPerPrincipal) {
      throw limitReached(`You have ${maxPerPrincipal} subscriptions open; more are not allowed.`);
    }
    if (this.#reserved >= max) {
      throw limitReached(`The gateway has ${max} subscriptions open; more are not possible now.`);
    }
    if (!this.#lengths.take(length)) {
      throw limitReached('The gateway has too many large subscriptions open; more are not possible now.');
    }
    this.#byPrincipal.set(principalKey, ofPrincipal + 1);
    this.#reserved += 1;
  }

  /** Undoes {@link reserve}. */
  release(principalKey: string, length: number): void {
    this.#lengths.giveBack(length);
    this.#reserved -= 1;
    const ofPrincipal = (this.#byPrincipal.get(principalKey) ?? 0) - 1;
    if (ofPrincipal > 0) this.#byPrincipal.set(principalKey, ofPrincipal);
    else this.#byPrincipal.delete(principalKey);
  }

  /** Ends the subscription when its token expires, unless it is removed before. */
  add(subscription: Endable, expiresAt: number | undefined): void {
    if (this.#isClosed) {
      subscription.end('closing');
      return;
    }
    this.#open.add(subscription);
    if (expiresAt === undefined) return;
    const second = Math.ceil(expiresAt / SECOND_MS);
    const expiring = this.#expiring.get(second);
    if (expiring === undefined) this.#expiring.set(second, new Set([subscription]));
    else expiring.add(subscription);
    this.#sweep ??= setInterval(() => {
      this.#endExpired();
    }, SWEEP_MS).unref();
  }

  remove(subscription: Endable, expiresAt: number | undefined): void {
    this.#open.delete(subscription);
    if (expiresAt === undefined) return;
    const second = Math.ceil(expiresAt / SECOND_MS);
    const expiring = this.#expiring.get(second);
    expiring?.delete(subscription);
    if (expiring?.size === 0) this.#expiring.delete(second);
  }

  /** Ends all subscriptions, and later ones as soon as they are added. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const subscription of [...this.#open]) subscription.end('closing');
  }

  #endExpired(): void {
    const now = this.#now();
    for (const [second, subscriptions] of this.#expiring) {
      if (second * SECOND_MS > now) continue;
      for (const subscription of [...subscriptions]) subscription.end('expired');
    }
    if (this.#expiring.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

function limitReached(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } });
}
