import { hash } from 'node:crypto';
import type { Principal } from '../../auth/principal.js';
import type { RateLimitsConfig } from '../../config/rate-limits.js';
import type { Peer, RequestContext } from '../../context.js';
import type { RateLimit, RateLimiter } from '../../state/rate-limiter.js';

/** Why an operation is rejected. */
export interface Exceeded {
  /** Whose limit it is. */
  readonly of: 'principal' | 'address';
  /** The cost that is allowed in a minute. */
  readonly limit: number;
  /** When the minute ends. */
  readonly retryAfterSeconds: number;
}

export interface RateLimitsOptions {
  readonly limits: Pick<RateLimitsConfig, 'costPerMinute' | 'addressCostPerMinute'>;
  readonly createLimiter: (limit: RateLimit) => RateLimiter;
}

type Caller = Pick<RequestContext, 'principal' | 'peer'>;

/** Charges the cost of operations to their principals, and also to addresses if clients can invent principals. */
export class RateLimits {
  readonly #principals: Charge | undefined;
  readonly #addresses: Charge | undefined;

  constructor({ limits, createLimiter }: RateLimitsOptions) {
    const { costPerMinute, addressCostPerMinute } = limits;
    const charge = (of: Exceeded['of'], limit: number) =>
      limit === 0 ? undefined : new Charge(of, limit, createLimiter({ name: of, perMinute: limit }));
    this.#principals = charge('principal', costPerMinute);
    this.#addresses = charge('address', addressCostPerMinute);
  }

  /** Whether there is any limit. */
  get isLimited(): boolean {
    return this.#principals !== undefined || this.#addresses !== undefined;
  }

  /**
   * Charges an operation before it is executed, to both limits or to none.
   *
   * @returns the limit that would be exceeded; undefined if there is none
   */
  async charge({ principal, peer }: Caller, cost: number): Promise<Exceeded | undefined> {
    const isAnonymous = this.#addresses !== undefined && sentNoCredential(principal);
    const exceeded = isAnonymous ? undefined : await this.#principals?.take(principal.key, cost);
    if (exceeded !== undefined || peer === undefined || this.#addresses === undefined) return exceeded;
    const exceededByAddress = await this.#addresses.take(addressKey(peer), cost);
    if (exceededByAddress !== undefined && !isAnonymous)
      await this.#principals?.giveBack(principal.key, cost);
    return exceededByAddress;
  }
}

class Charge {
  readonly #of: Exceeded['of'];
  readonly #limit: number;
  readonly #limiter: RateLimiter;

  constructor(of: Exceeded['of'], limit: number, limiter: RateLimiter) {
    this.#of = of;
    this.#limit = limit;
    this.#limiter = limiter;
  }

  async take(key: string, cost: number): Promise<Exceeded | undefined> {
    const ms = await this.#limiter.take(key, cost);
    if (ms === undefined) return undefined;
    return { of: this.#of, limit: this.#limit, retryAfterSeconds: Math.ceil(ms / 1000) };
  }

  giveBack(key: string, cost: number): Promise<void> {
    return this.#limiter.giveBack(key, cost);
  }
}

/** All callers without a credential have the same key, and must not use up each other's limit. */
function sentNoCredential({ authorization, grants }: Principal): boolean {
  return authorization === undefined && grants === undefined;
}

/** Addresses are personal data, and Redis keeps the keys. */
export function addressKey({ address }: Peer): string {
  return hash('sha256', address, 'base64url');
}
