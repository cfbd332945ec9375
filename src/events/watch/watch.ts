import { BadUserInputError } from '../../errors.js';
import type { LeaseStore } from '../../state/lease-store.js';
import { TopicSubscription } from '../topic-subscription.js';
import type { Subscriber, Topic } from '../topic.js';
import { NotFoundStreak } from './not-found-streak.js';
import type { PollDelays } from './poll-delay.js';
import { PollLease } from './poll-lease.js';
import { PollLoop } from './poll-loop.js';
import { PollSchedule, type PollDecision } from './poll-schedule.js';
import { Poller, UNEXPECTED, type PollerOptions } from './poller.js';
import type { RateBudget } from './rate-budget.js';
import { StateMessages, type StateMessage, type StateMessagesOptions } from './state-messages.js';
import { StateTracker } from './state-tracker.js';
import { SubscriptionSet } from './subscription-set.js';
import { TopicReader } from './topic-reader.js';

export interface WatchDeps extends StateMessagesOptions, PollerOptions {
  readonly leases: LeaseStore;
  readonly delays: PollDelays;
  readonly leaseMs: number;
  readonly budget: RateBudget;
  readonly onClose: () => void;
}

/**
 * Watches one topic with one credential for all subscriptions of the process: reads it while there are any, and pushes new states to
 * them. Of all processes that watch the same topic and credential, the one with the lease polls, and sends what it reads to the others.
 */
export class Watch<S> {
  readonly #topic: Topic<S>;
  readonly #deps: WatchDeps;
  readonly #subscriptions = new SubscriptionSet<S>();
  readonly #states: StateTracker<S>;
  readonly #notFoundStreak: NotFoundStreak;
  readonly #messages: StateMessages<S>;
  readonly #schedule: PollSchedule;
  readonly #lease: PollLease;
  readonly #reader: TopicReader<S>;
  readonly #poller: Poller<S>;
  readonly #loop: PollLoop;
  readonly #closed = new AbortController();
  #listening: Promise<() => void> | undefined;
  #joining = 0;
  #isFinal = false;

  /** @param name identifies topic and credential among all processes, without revealing either */
  constructor(topic: Topic<S>, name: string, deps: WatchDeps) {
    const { leases, leaseMs, delays, isShared, logger } = deps;
    const { signal } = this.#closed;
    this.#topic = topic;
    this.#deps = deps;
    this.#states = new StateTracker(topic, Date.now());
    this.#notFoundStreak = new NotFoundStreak(delays.minMs);
    this.#messages = new StateMessages(name, deps);
    this.#schedule = new PollSchedule(delays);
    this.#lease = new PollLease(name, leases, leaseMs);
    const shared = { signal, schedule: this.#schedule };
    this.#reader = new TopicReader<S>({
      ...shared,
      topic,
      states: this.#states,
      notFoundStreak: this.#notFoundStreak,
      messages: this.#messages,
      lease: this.#lease,
      budget: deps.budget,
      update: (id, state) => this.#update(id, state),
    });
    this.#poller = new Poller<S>({
      ...deps,
      ...shared,
      path: topic.name,
      subscriptions: this.#subscriptions,
      reader: this.#reader,
      onRead: () => {
        if (this.#notFoundStreak.isGone(performance.now())) this.#end(this.#notFound());
      },
      onDenied: (error) => {
        this.#end(error);
      },
    });
    this.#loop = new PollLoop({
      schedule: this.#schedule,
      lease: this.#lease,
      maxDelayMs: isShared ? leaseMs / 3 : Infinity,
      carryOut: (decision) => this.#carryOut(decision),
      onError: (error) => {
        logger.error({ err: error }, UNEXPECTED);
      },
    });
  }

  get about(): Topic<S>['about'] {
    return this.#topic.about;
  }

  /** Whether this process polls, and not another one. */
  get isPolledHere(): boolean {
    return this.#lease.isHeld;
  }

  /**
   * Subscribes.
   *
   * @throws {BadUserInputError} if the resource does not exist
   * @throws {UpstreamError} if it cannot be read
   */
  async join(subscriber: Subscriber): Promise<TopicSubscription<S>> {
    const joinedAt = performance.now();
    this.#joining += 1;
    try {
      // Changes after the read arrive as messages, so listening starts before the read.
      await (this.#listening ??= this.#messages.listen((message) => {
        this.#received(message);
      }));
      // The client may have seen a newer state through another process, and must not see an older one afterwards.
      const isSynced = await this.#messages.sync();
      const hasWaited = !this.#states.isComplete;
      const since = isSynced ? -Infinity : joinedAt;
      // If the resource has been read before, a single 404 may come from a lagging replica.
      if (!this.#isFresh(isSynced) && !(await this.#exists(subscriber, since)) && !this.#states.isComplete)
        throw this.#notFound();
      const subscription = new TopicSubscription<S>(subscriber, this.#left, this.#deps.recorder);
      this.#subscriptions.add(subscription);
      this.#states.replayTo(subscription, hasWaited);
      if (this.#isFinal) this.#end();
      else this.#loop.start();
      return subscription;
    } finally {
      this.#joining -= 1;
      if (this.#joining === 0) this.#states.dropRecent();
      this.#closeIfUnused();
    }
  }

  /**
   * Reads soon, because something may have changed.
   *
   * @param evenIfPolledElsewhere set it if messages of the process that polls may have been lost
   */
  recheck({ evenIfPolledElsewhere = false } = {}): void {
    this.#schedule.hinted(performance.now(), evenIfPolledElsewhere);
    this.#loop.reschedule();
  }

  /** Completes all subscriptions. */
  close(): void {
    this.#end();
  }

  /** @param isSynced whether this process has received what others have read */
  #isFresh(isSynced: boolean): boolean {
    if (!this.#states.isComplete || this.#schedule.isStale) return false;
    return !this.#topic.startsWithState || (isSynced && this.#schedule.isRecent(performance.now()));
  }

  async #exists(subscriber: Subscriber, since: number): Promise<boolean> {
    await this.#reader.read(subscriber, subscriber.trace, since);
    return !this.#notFoundStreak.isNotFound;
  }

  async #carryOut({ requestsStates, publishesStates, polls }: PollDecision): Promise<void> {
    if (requestsStates) this.#messages.request();
    if (publishesStates) this.#reader.publishCurrent();
    if (polls) await this.#poller.poll();
  }

  /** Pushes the state to all subscriptions if it is new. @returns whether it is */
  #update(id: string, state: S): boolean {
    const event = this.#states.update(id, state);
    if (event === undefined) return false;
    if (this.#states.publishesChanges) this.#subscriptions.push(id, event);
    this.#isFinal ||= this.#topic.isFinal(state);
    if (this.#isFinal) this.#end();
    return true;
  }

  #received(message: StateMessage<S>): void {
    if (message === 'requested') this.#reader.publishCurrent();
    else if (message === 'changed') this.recheck({ evenIfPolledElsewhere: true });
    else
      for (const [id, state] of message)
        if (this.#update(id, state)) this.#schedule.stateReceived(performance.now());
  }

  #notFound(): BadUserInputError {
    return new BadUserInputError(this.#topic.notFound);
  }

  readonly #left = (subscription: TopicSubscription<S>): void => {
    this.#subscriptions.remove(subscription);
    this.#closeIfUnused();
  };

  /** @param error the reason for a failure. Default: the subscriptions complete */
  #end(error?: Error): void {
    this.#subscriptions.end(error);
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (!this.#subscriptions.isEmpty || this.#joining > 0 || this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#loop.stop();
    this.#deps.onClose();
    void this.#listening?.then((stop) => {
      stop();
    });
    this.#lease.release();
  }
}
