import type { TopicSubscription } from '../topic-subscription.js';
import type { LiveEvent, Topic } from '../topic.js';

interface Tracked<S> {
  readonly revision: string;
  /** Kept if subscriptions of the topic start with the current state. */
  readonly event: LiveEvent<S> | undefined;
}

/** Tracks the latest state of each item of a topic, and tells new states from those that have been published already. */
export class StateTracker<S> {
  readonly #topic: Topic<S>;
  readonly #tracked = new Map<string, Tracked<S>>();
  readonly #since: number;
  /** Items of the first read that may have changed after the subscriptions that wait for it began. */
  readonly #recent = new Map<string, LiveEvent<S>>();
  #isComplete = false;

  /** @param since when the first subscription began, in milliseconds since the epoch */
  constructor(topic: Topic<S>, since: number) {
    this.#topic = topic;
    this.#since = since;
  }

  /** Whether the topic has been read to its end at least once. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  markComplete(): void {
    this.#isComplete = true;
  }

  /** @returns an event if the state is newer than the tracked one */
  update(id: string, state: S): LiveEvent<S> | undefined {
    const revision = this.#topic.revisionOf(state);
    const tracked = this.#tracked.get(id);
    if (tracked !== undefined && !this.#topic.isNewer(tracked.revision, revision)) return undefined;
    const event: LiveEvent<S> = { state };
    this.#tracked.set(id, { revision, event: this.#topic.startsWithState ? event : undefined });
    if (!this.publishesChanges && this.#topic.mayBeNewerThan(state, this.#since)) this.#recent.set(id, event);
    return event;
  }

  /** Whether new states are published to all subscriptions. The first read of a list also finds items that have not changed. */
  get publishesChanges(): boolean {
    return this.#topic.startsWithState || this.#isComplete;
  }

  /**
   * Pushes the states that a new subscription starts with.
   *
   * @param hasWaited whether it has waited for the first read
   */
  replayTo(subscription: TopicSubscription<S>, hasWaited: boolean): void {
    if (hasWaited) for (const [id, event] of this.#recent) subscription.push(id, event);
    for (const [id, { event }] of this.#tracked) if (event !== undefined) subscription.push(id, event);
  }

  /** Drops what only subscriptions that wait for the first read need. Call it when none is left. */
  dropRecent(): void {
    if (this.#isComplete) this.#recent.clear();
  }

  /** The current states with their ids, if the topic starts with its state; otherwise none. */
  get current(): readonly (readonly [string, S])[] {
    return [...this.#tracked].flatMap(([id, { event }]) =>
      event === undefined ? [] : [[id, event.state] as const],
    );
  }
}
