import type { SubscriptionEnd } from '../../telemetry/recorder.js';
import type { Delivery, OperationStream } from '../operation-stream.js';
import type { Endable } from './open-subscriptions.js';

/** What a subscription needs to know of its surroundings. */
export interface SubscriptionHost<Details> {
  /** The result of an event, as JSON. */
  render(event: unknown, details: Details): Promise<string>;
  /** What the client is told when the source fails. Never rejects. */
  failed(error: unknown, details: Details): Promise<Delivery>;
  /** What the client is told when its token expires. */
  expired(details: Details): Delivery;
  /** Called once when the subscription is over, for whatever reason. */
  ended(subscription: Endable, details: Details, reason: SubscriptionEnd): void;
}

const COMPLETED: Delivery = { kind: 'completed' };
const CLOSING: Delivery = { kind: 'closing' };

/**
 * An open subscription. It has no buffer: the source is asked for its next event when the client has taken the last one. There can
 * be many thousands of them, so that what they share is in `host`.
 */
export class Subscription<Details = unknown> implements OperationStream, Endable {
  readonly #host: SubscriptionHost<Details>;
  readonly #details: Details;
  readonly #events: AsyncIterator<unknown>;
  #end: Delivery | undefined;
  #waiting: ((delivery: Delivery) => void) | undefined;

  constructor(host: SubscriptionHost<Details>, events: AsyncIterator<unknown>, details: Details) {
    this.#host = host;
    this.#events = events;
    this.#details = details;
  }

  pull(): Promise<Delivery> {
    if (this.#end !== undefined) return Promise.resolve(this.#end);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      void this.#next();
    });
  }

  end(reason: 'expired' | 'closing'): void {
    this.#stop(reason === 'closing' ? CLOSING : this.#host.expired(this.#details), reason);
  }

  close(): void {
    this.#stop(COMPLETED, 'left');
  }

  async #next(): Promise<void> {
    try {
      const event = await this.#events.next();
      if (this.#end !== undefined) return;
      if (event.done === true) this.#finish(COMPLETED, 'completed');
      else this.#deliver({ kind: 'result', text: await this.#host.render(event.value, this.#details) });
    } catch (error) {
      this.#stop(await this.#host.failed(error, this.#details), 'failed');
    }
  }

  /** Ends it although the source may have further events. */
  #stop(end: Delivery, reason: SubscriptionEnd): void {
    if (this.#end !== undefined) return;
    this.#finish(end, reason);
    void this.#closeSource();
  }

  async #closeSource(): Promise<void> {
    try {
      await this.#events.return?.();
    } catch {
      // The client has been told already how the subscription has ended.
    }
  }

  #finish(end: Delivery, reason: SubscriptionEnd): void {
    this.#end = end;
    this.#host.ended(this, this.#details, reason);
    this.#deliver(end);
  }

  #deliver(delivery: Delivery): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(delivery);
  }
}
