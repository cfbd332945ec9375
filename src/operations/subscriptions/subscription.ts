import type { SubscriptionEnd } from '../../telemetry/recorder.js';
import type { Delivery, OperationStream } from '../response/operation-stream.js';
import type { Endable } from './open-subscriptions.js';

/** What all subscriptions share. */
export interface SubscriptionHost<Details> {
  /** The result of an event, as JSON. */
  render(event: unknown, details: Details): Promise<string>;
  /** The delivery that reports a failure of the source. Never rejects. */
  failed(error: unknown, details: Details): Promise<Delivery>;
  /** The delivery that reports that the token has expired. */
  expired(details: Details): Delivery;
  /** Called once when the subscription ends, for any reason. */
  ended(subscription: Endable, details: Details, reason: SubscriptionEnd): void;
}

const COMPLETED: Delivery = { kind: 'completed' };
const CLOSING: Delivery = { kind: 'closing' };

/**
 * An open subscription. It has no buffer: it pulls the next event when the client has taken the previous one. There can be many
 * thousands of them, so shared properties are in `host`.
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

  /** Ends the subscription although the source may have more events. */
  #stop(end: Delivery, reason: SubscriptionEnd): void {
    if (this.#end !== undefined) return;
    this.#finish(end, reason);
    void this.#closeSource();
  }

  async #closeSource(): Promise<void> {
    try {
      await this.#events.return?.();
    } catch {
      // The end of the subscription has been delivered already.
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
