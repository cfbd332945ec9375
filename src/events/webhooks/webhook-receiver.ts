import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryStore } from '../../state/delivery-store.js';
import type { Logger } from '../../telemetry/logger.js';
import { digest } from '../../digest.js';
import type { ChangeHint } from '../hints.js';
import { readCloudEvent } from './cloud-event.js';
import { isFresh, isSignedBy, parseSignature, type Signature } from './signature.js';

/** How long the delivery store may take to respond, in milliseconds. */
const STORE_TIMEOUT_MS = 100;
/** Anyone can send deliveries with an invalid signature, so they are logged at most once in this time, in milliseconds. */
const WARN_EVERY_MS = 60_000;

export type SignatureFault = 'missing' | 'malformed' | 'stale' | 'forged';

/** The signature does not prove that the delivery comes from the Demand API. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';

  constructor(readonly fault: SignatureFault) {
    super(`The signature is ${fault}.`);
  }
}

/** `ignored`: the event names no target group. None of the three need be delivered again. */
type DeliveryResult = 'accepted' | 'duplicate' | 'ignored';

export interface WebhookReceiverOptions {
  /** A delivery must be signed with one of them; see `WebhookConfig`. */
  readonly secrets: readonly string[];
  readonly deliveries: DeliveryStore;
  /** Called with what may have changed, before the delivery is stored. It must not throw. */
  readonly onHint: (hint: ChangeHint) => void;
  /**
   * Called for every delivery with an invalid signature: the secret may have been replaced, so that changes are missed. Anyone can
   * cause such calls, at any rate. Default: does nothing.
   */
  readonly onInvalidSignature?: () => void;
  readonly logger: Logger;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Receives deliveries of webhooks. They only give hints: the state is read from the API before it is published. */
export class WebhookReceiver {
  readonly #options: WebhookReceiverOptions;
  readonly #now: () => number;
  /** The deliveries that are being handled, by their keys in the store. */
  readonly #current = new Map<string, Promise<DeliveryResult>>();
  #warnedAt = -Infinity;
  #storeFails = false;

  constructor(options: WebhookReceiverOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Handles one delivery. A duplicate gives no hint, unless the delivery store fails or another process handles it at the same time.
   *
   * @param header `Cint-Signature`
   * @param readBody called only if the header is well-formed and recent
   * @throws {SignatureError} if the body was not signed with one of the secrets in the last five minutes
   * @throws {MalformedEventError} if the body is no CloudEvent, or names unusable ids
   */
  async receive(header: string | undefined, readBody: () => Promise<Buffer>): Promise<DeliveryResult> {
    const signature = this.#usableSignature(header);
    const body = await readBody();
    if (!isSignedBy(this.#options.secrets, signature, body)) throw this.#invalidSignature('forged');
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
    if (header === undefined) throw this.#invalidSignature('missing');
    const signature = parseSignature(header);
    if (signature === undefined) throw this.#invalidSignature('malformed');
    if (!isFresh(signature, this.#now())) throw this.#invalidSignature('stale');
    return signature;
  }

  #invalidSignature(fault: SignatureFault): SignatureError {
    const now = this.#now();
    if (now - this.#warnedAt >= WARN_EVERY_MS) {
      this.#warnedAt = now;
      this.#options.logger.warn({ signature: fault }, 'A webhook delivery was rejected for its signature.');
    }
    this.#options.onInvalidSignature?.();
    return new SignatureError(fault);
  }

  async #handle(key: string, hint: ChangeHint): Promise<DeliveryResult> {
    const { deliveries, onHint } = this.#options;
    if ((await this.#unlessStoreFails(deliveries.has(key))) === true) return 'duplicate';
    onHint(hint);
    await this.#unlessStoreFails(deliveries.add(key));
    return 'accepted';
  }

  /** @returns undefined if the store fails: a repeated hint costs a read, a lost one a change */
  async #unlessStoreFails<T>(operation: Promise<T>): Promise<T | undefined> {
    const settled = new AbortController();
    const late = sleep(STORE_TIMEOUT_MS, undefined, { ref: false, signal: settled.signal }).then(() => {
      throw new Error(`The delivery store did not respond within ${STORE_TIMEOUT_MS} ms.`);
    });
    try {
      const result = await Promise.race([operation, late]);
      this.#storeFails = false;
      return result;
    } catch (err) {
      if (!this.#storeFails) {
        this.#options.logger.warn(
          { err },
          'Webhook deliveries cannot be stored; duplicates will cause additional reads.',
        );
      }
      this.#storeFails = true;
      return undefined;
    } finally {
      settled.abort();
    }
  }
}
