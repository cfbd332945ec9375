import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Subscriber, Topic } from '../topic.js';
import type { NotFoundStreak } from './not-found-streak.js';
import type { PollLease } from './poll-lease.js';
import type { PollSchedule } from './poll-schedule.js';
import type { RateBudget } from './rate-budget.js';
import type { StateMessages } from './state-messages.js';
import type { StateTracker } from './state-tracker.js';

export interface TopicReaderDeps<S> {
  readonly topic: Topic<S>;
  readonly states: StateTracker<S>;
  readonly notFoundStreak: NotFoundStreak;
  readonly messages: StateMessages<S>;
  readonly schedule: PollSchedule;
  readonly lease: PollLease;
  readonly budget: RateBudget;
  /** Passes a state to the subscriptions of this process if it is new. @returns whether it is */
  readonly update: (id: string, state: S) => boolean;
  /** Stops a read that waits for the budget. */
  readonly signal: AbortSignal;
}

/** Reads a topic, and publishes the new states to the other processes that watch it. */
export class TopicReader<S> {
  readonly #deps: TopicReaderDeps<S>;
  #reading: Promise<boolean> | undefined;
  #begunAt = 0;
  /** Another process has requested all states, so the next read publishes those that have not changed, too. */
  #isRequested = false;

  constructor(deps: TopicReaderDeps<S>) {
    this.#deps = deps;
  }

  /**
   * Callers share a read that is in progress.
   *
   * @param since the earliest time at which a shared read may have begun, from `performance.now()`
   * @returns whether it found a new state
   */
  async read(subscriber: Subscriber, trace: TraceContext, since = -Infinity): Promise<boolean> {
    while (this.#reading !== undefined && this.#begunAt < since) await this.#reading.catch(() => undefined);
    return await (this.#reading ??= this.#readOnce(subscriber, trace).finally(() => {
      this.#reading = undefined;
    }));
  }

  /**
   * Publishes the current states if this process polls: other processes may have missed them, or have read older ones from a lagging
   * replica.
   */
  publishCurrent(): void {
    const { lease, topic, messages, states } = this.#deps;
    if (!lease.isHeld) return;
    // The states of lists are not kept, so the next read publishes them.
    this.#isRequested ||= !topic.startsWithState;
    messages.publish(states.current);
  }

  async #readOnce(subscriber: Subscriber, trace: TraceContext): Promise<boolean> {
    const { topic, states, notFoundStreak, messages, schedule, lease, budget, update, signal } = this.#deps;
    this.#begunAt = performance.now();
    schedule.readStarted(this.#begunAt);
    const isRequested = this.#isRequested;
    this.#isRequested = false;
    const published: (readonly [string, S])[] = [];
    let isChanged = false;
    try {
      const exists = await topic.read(
        () => subscriber.newClient(trace),
        (id, state) => {
          const isNew = update(id, state);
          isChanged ||= isNew;
          if (isNew || isRequested) published.push([id, state]);
        },
        async () => {
          await budget.take(signal);
          await lease.extend();
        },
      );
      notFoundStreak.record(exists, performance.now());
      if (exists) states.markComplete();
      return isChanged;
    } catch (error) {
      this.#isRequested ||= isRequested;
      throw error;
    } finally {
      // Also if a later page could not be read: the states of earlier pages are not new to the next read.
      messages.publish(published);
    }
  }
}
