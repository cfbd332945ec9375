import type { Subscription } from './subscription.js';
import type { LiveEvent, Topic } from './topic.js';

interface Known<S> {
  readonly mark: string;
  /** Kept where it is the first event of a subscription. */
  readonly event: LiveEvent<S> | undefined;
}

/** What is known of a topic, and which of it subscriptions are to be told. */
export class SeenStates<S> {
  readonly #topic: Topic<S>;
  readonly #known = new Map<string, Known<S>>();
  readonly #since: number;
  /** Items of the first read that may be younger than the subscriptions that wait for it. */
  readonly #recent = new Map<string, LiveEvent<S>>();
  #isComplete = false;

  /** @param since when the first subscription began, in milliseconds since the epoch */
  constructor(topic: Topic<S>, since: number) {
    this.#topic = topic;
    this.#since = since;
  }

  /** Whether the topic has been read to its end once. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  complete(): void {
    this.#isComplete = true;
  }

  /** @returns the event if the state is news */
  see(id: string, state: S): LiveEvent<S> | undefined {
    const mark = this.#topic.markOf(state);
    const known = this.#known.get(id);
    if (known !== undefined && !this.#topic.isNews(known.mark, mark)) return undefined;
    const event: LiveEvent<S> = { state };
    this.#known.set(id, { mark, event: this.#topic.startsWithState ? event : undefined });
    if (!this.isToldOf && this.#topic.mayBeNewerThan(state, this.#since)) this.#recent.set(id, event);
    return event;
  }

  /** Whether subscriptions are told of news at once. Of what the first read of a list shows, only some may be news to them. */
  get isToldOf(): boolean {
    return this.#topic.startsWithState || this.#isComplete;
  }

  /**
   * Tells a new subscription what it begins with.
   *
   * @param waited whether it has waited for the first read
   */
  begin(subscription: Subscription<S>, waited: boolean): void {
    if (waited) for (const [id, event] of this.#recent) subscription.push(id, event);
    for (const [id, { event }] of this.#known) if (event !== undefined) subscription.push(id, event);
  }

  /** No subscription waits for the first read. */
  nobodyWaits(): void {
    if (this.#isComplete) this.#recent.clear();
  }

  /** The states that are kept, with their ids. */
  get kept(): readonly (readonly [string, S])[] {
    return [...this.#known].flatMap(([id, { event }]) =>
      event === undefined ? [] : [[id, event.state] as const],
    );
  }
}
