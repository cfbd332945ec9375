import type { TopicSubscription } from '../topic-subscription.js';
import type { LiveEvent } from '../topic.js';

/** The subscriptions of one watch. One of them lends its credential to the next poll. */
export class SubscriptionSet<S> {
  readonly #subscriptions = new Set<TopicSubscription<S>>();

  get isEmpty(): boolean {
    return this.#subscriptions.size === 0;
  }

  /** The subscription to poll for; undefined if there is none. */
  get first(): TopicSubscription<S> | undefined {
    const [subscription] = this.#subscriptions;
    return subscription;
  }

  add(subscription: TopicSubscription<S>): void {
    this.#subscriptions.add(subscription);
  }

  remove(subscription: TopicSubscription<S>): void {
    this.#subscriptions.delete(subscription);
  }

  /** Has every other subscription precede this one, unless it has left. */
  moveToEnd(subscription: TopicSubscription<S>): void {
    if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription);
  }

  push(id: string, event: LiveEvent<S>): void {
    for (const each of this.#subscriptions) each.push(id, event);
  }

  /** Ends and removes all. @param error the reason for a failure. Default: they complete */
  end(error?: Error): void {
    const subscriptions = [...this.#subscriptions];
    this.#subscriptions.clear();
    for (const each of subscriptions) each.end(error);
  }
}
