import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryStore } from '../../state/delivery-store.js';
import type { Logger } from '../../telemetry/logger.js';
import { digest } from '../../upstream/state/digest.js';
import type { ChangeHint } from '../hints.js';
import { readCloudEvent } from './cloud-event.js';
import { isFresh, isSignedBy, parseSignature, type Signature } from './signature.js';

/** How long the store of deliveries may take to answer, in milliseconds. */
const STORE_TIMEOUT_MS = 100;
/** Anybody can send deliveries that fail the check, so that they are logged at most so often. */
const WARN_EVERY_MS = 60_000;

export type SignatureFault = 'missing' | 'malformed' | 'stale' | 'forged';

/** Nothing shows that a delivery comes from the Demand API. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';

  constructor(readonly fault: SignatureFault) {
    super(`The signature is ${fault}.`);
  }
}

/** `ignored`: the event tells of no target group. All three are done with, and need not be delivered again. */
export type DeliveryResult = 'accepted' | 'duplicate' | 'ignored';

export interface WebhookIntakeOptions {
  /** Any of them may have signed a delivery; see `WebhookConfig`. */
  readonly secrets: readonly string[];
  readonly deliveries: DeliveryStore;
  /** Told what may have changed, before the delivery is remembered. It must not throw. */
  readonly onHint: (hint: ChangeHint) => void;
  /**
   * Told of every delivery that fails the check of its signature: the secret may have been replaced, so that changes are missed.
   * Anybody can cause that, as often as they like. Default: does nothing.
   */
  readonly onSuspicion?: () => void;
  readonly logger: Logger;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Takes deliveries of webhooks. They are hints: a change that they tell of is read before it is told to anybody. */
export class WebhookIntake {
  readonly #options: WebhookIntakeOptions;
  readonly #now: () => number;
  /** The deliveries that are being handled, by the keys that the store has. */
  readonly #current = new Map<string, Promise<DeliveryResult>>();
  #warnedAt = -Infinity;
  #storeFails = false;

  constructor(options: WebhookIntakeOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Takes one delivery. A duplicate gives no hint, unless the store of deliveries fails, or another process handles it at the same
   * moment.
   *
   * @param header `Cint-Signature`
   * @param readBody called once the header can be the right one
   * @throws {SignatureError} if no secret has signed the body in the last minutes
   * @throws {MalformedEventError} if the body is no CloudEvent, or names unusable ids
   */
  async receive(header: string | undefined, readBody: () => Promise<Buffer>): Promise<DeliveryResult> {
    const signature = this.#usableSignature(header);
    const body = await readBody();
    if (!isSignedBy(this.#options.secrets, signature, body)) throw this.#suspicion('forged');
    const { source, id, type, hint } = readCloudEvent(body);
    if (hint === undefined) {
      this.#options.logger.debug({ type: type.slice(0, 100) }, 'A webhook event names no target group.');
      return 'ignored';
    }
    const key = digest([source, id]);
    const current = this.#current.get(key);
    if (current !== undefined) return current.then(() => 'duplicate');
    const handled = this.#handle(key, hint).finally(() => this.#current.delete(key));
    this.#current.set(key, handled);
    return handled;
  }

  #usableSignature(header: string | undefined): Signature {
    if (header === undefined) throw this.#suspicion('missing');
    const signature = parseSignature(header);
    if (signature === undefined) throw this.#suspicion('malformed');
    if (!isFresh(signature, this.#now())) throw this.#suspicion('stale');
    return signature;
  }

  #suspicion(fault: SignatureFault): SignatureError {
    const now = this.#now();
    if (now - this.#warnedAt >= WARN_EVERY_MS) {
      this.#warnedAt = now;
      this.#options.logger.warn({ signature: fault }, 'A webhook delivery was rejected for its signature.');
    }
    this.#options.onSuspicion?.();
    return new SignatureError(fault);
  }

  async #handle(key: string, hint: ChangeHint): Promise<DeliveryResult> {
    const { deliveries, onHint } = this.#options;
    if ((await this.#ask(deliveries.has(key))) === true) return 'duplicate';
    onHint(hint);
    await this.#ask(deliveries.add(key));
    return 'accepted';
  }

  /** @returns undefined if the store fails: a hint too many costs a read, one that is missing a change */
  async #ask<Answer>(question: Promise<Answer>): Promise<Answer | undefined> {
    const answered = new AbortController();
    const late = sleep(STORE_TIMEOUT_MS, undefined, { ref: false, signal: answered.signal }).then(() => {
      throw new Error(`The store did not answer within ${STORE_TIMEOUT_MS} ms.`);
    });
    try {
      const answer = await Promise.race([question, late]);
      this.#storeFails = false;
      return answer;
    } catch (err) {
      if (!this.#storeFails) {
        this.#options.logger.warn(
          { err },
          'Webhook deliveries cannot be remembered: duplicates are read again.',
        );
      }
      this.#storeFails = true;
      return undefined;
    } finally {
      answered.abort();
    }
  }
}
