import type { LeaseStore } from '../state/lease-store.js';
import type { Logger } from '../telemetry/logger.js';
import type { Recorder } from '../telemetry/recorder.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Tracer } from '../telemetry/tracer.js';
import { UpstreamError } from '../upstream/errors.js';
import { BadUserInputError } from '../errors.js';
import { NotFoundStreak } from './not-found-streak.js';
import { StateMessages, type StateMessage, type StateMessagesOptions } from './state-messages.js';
import { StateTracker } from './state-tracker.js';
import { idleReadsOfMaxDelay, pollDelayMs, type PollDelays } from './poll-schedule.js';
import type { RateBudget } from './rate-budget.js';
import { Subscription } from './subscription.js';
import { tracedPoll } from './poll-span.js';
import type { Subscriber, Topic } from './topic.js';

/** The shortest time between two reads that hints cause, in milliseconds. */
const HINT_SPACING_MS = 50;
const UNEXPECTED = 'Polling for subscriptions failed unexpectedly.';

export interface WatchDeps extends StateMessagesOptions {
  readonly leases: LeaseStore;
  readonly delays: PollDelays;
  readonly leaseMs: number;
  readonly budget: RateBudget;
  /** Limits how many polls run at the same time. */
  readonly limit: <T>(poll: () => Promise<T>) => Promise<T>;
  /** Whether webhooks report changes, so that polling only has to find those whose webhook was lost. */
  readonly hasWebhooks: () => boolean;
  readonly onClose: () => void;
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
}

/**
 * Watches one topic with one credential for all subscriptions of the process: reads it while there are any, and pushes new states to
 * them. Of all processes that watch the same topic and credential, the one with the lease polls, and sends what it reads to the others.
 */
export class Watch<S> {
  readonly #topic: Topic<S>;
  readonly #name: string;
  readonly #deps: WatchDeps;
  readonly #messages: StateMessages<S>;
  readonly #states: StateTracker<S>;
  readonly #notFoundStreak: NotFoundStreak;
  readonly #subscriptions = new Set<Subscription<S>>();
  readonly #closed = new AbortController();
  #joining = 0;
  #listening: Promise<() => void> | undefined;
  #reading: Promise<boolean> | undefined;
  #isPolledElsewhere = false;
  #hasLease = false;
  #isFinal = false;
  /** Something may have changed after the last read began. */
  #isStale = false;
  /** This process reads next time even if another one has the lease. */
  #mustRead = false;
  /** The process that polls may have published newer states that this one has missed. */
  #mustRequest = true;
  /** Another process has requested all states, so the next read publishes those that have not changed, too. */
  #isRequested = false;
  #lastReadAt = -Infinity;
  #dueAt = 0;
  #idleReads = 0;
  #timer: NodeJS.Timeout | undefined;
  #isTicking = false;

  /** @param name identifies topic and credential among all processes, without revealing either */
  constructor(topic: Topic<S>, name: string, deps: WatchDeps) {
    this.#topic = topic;
    this.#name = name;
    this.#deps = deps;
    this.#states = new StateTracker(topic, Date.now());
    this.#notFoundStreak = new NotFoundStreak(deps.delays.minMs);
    this.#messages = new StateMessages(name, deps);
  }

  get about(): Topic<S>['about'] {
    return this.#topic.about;
  }

  /** Whether this process polls, and not another one. */
  get isPolledHere(): boolean {
    return this.#hasLease;
  }

  /**
   * Subscribes.
   *
   * @throws {BadUserInputError} if the resource does not exist
   * @throws {UpstreamError} if it cannot be read
   */
  async join(subscriber: Subscriber): Promise<Subscription<S>> {
    this.#joining += 1;
    try {
      // Changes after the read arrive as messages, so listening starts before the read.
      await (this.#listening ??= this.#messages.listen((message) => {
        this.#received(message);
      }));
      const hasWaited = !this.#states.isComplete;
      // If the resource has been read before, a single 404 may come from a lagging replica.
      if (!this.#isFresh() && !(await this.#exists(subscriber)) && !this.#states.isComplete)
        throw this.#notFound();
      const subscription = new Subscription<S>(subscriber, this.#left, this.#deps.recorder);
      this.#subscriptions.add(subscription);
      this.#states.replayTo(subscription, hasWaited);
      if (this.#isFinal) this.#end();
      else if (this.#timer === undefined) this.#start();
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
    this.#isStale = true;
    this.#mustRead ||= evenIfPolledElsewhere;
    this.#mustRequest ||= evenIfPolledElsewhere;
    this.#idleReads = 0;
    const earliest = this.#lastReadAt + HINT_SPACING_MS;
    this.#dueAt = Math.max(earliest, performance.now());
    if (this.#timer !== undefined && !this.#isTicking) this.#schedule();
  }

  /** Completes all subscriptions. */
  close(): void {
    this.#end();
  }

  #isFresh(): boolean {
    if (!this.#states.isComplete || this.#isStale) return false;
    return !this.#topic.startsWithState || performance.now() - this.#lastReadAt <= this.#deps.delays.minMs;
  }

  async #exists(subscriber: Subscriber): Promise<boolean> {
    await this.#read(subscriber, subscriber.trace);
    return !this.#notFoundStreak.isNotFound;
  }

  /** Callers share a read that is in progress. @returns whether it found a new state */
  #read(subscriber: Subscriber, trace: TraceContext): Promise<boolean> {
    return (this.#reading ??= this.#readOnce(subscriber, trace).finally(() => {
      this.#reading = undefined;
    }));
  }

  async #readOnce(subscriber: Subscriber, trace: TraceContext): Promise<boolean> {
    const { budget } = this.#deps;
    const { signal } = this.#closed;
    this.#isStale = false;
    this.#lastReadAt = performance.now();
    const isRequested = this.#isRequested;
    this.#isRequested = false;
    const published: (readonly [string, S])[] = [];
    let isChanged = false;
    try {
      const exists = await this.#topic.read(
        () => subscriber.newClient(trace),
        (id, state) => {
          const isNew = this.#update(id, state);
          isChanged ||= isNew;
          if (isNew || isRequested) published.push([id, state]);
        },
        async () => {
          await budget.take(signal);
          if (this.#hasLease) await this.#holdLease();
        },
      );
      this.#notFoundStreak.record(exists, performance.now());
      if (exists) this.#states.markComplete();
      return isChanged;
    } catch (error) {
      this.#isRequested ||= isRequested;
      throw error;
    } finally {
      // Also if a later page could not be read: the states of earlier pages are not new to the next read.
      this.#messages.publish(published);
    }
  }

  /** Pushes the state to all subscriptions if it is new. @returns whether it is */
  #update(id: string, state: S): boolean {
    const event = this.#states.update(id, state);
    if (event === undefined) return false;
    if (this.#states.publishesChanges) for (const each of this.#subscriptions) each.push(id, event);
    this.#isFinal ||= this.#topic.isFinal(state);
    if (this.#isFinal) this.#end();
    return true;
  }

  #received(message: StateMessage<S>): void {
    if (message === 'requested') this.#publishCurrent();
    else if (message === 'changed') this.recheck({ evenIfPolledElsewhere: true });
    else for (const [id, state] of message) if (this.#update(id, state)) this.#lastReadAt = performance.now();
  }

  /** Other processes may have missed the current states, or have read older ones from a lagging replica. */
  #publishCurrent(): void {
    if (!this.#hasLease) return;
    // The states of lists are not kept, so the next read publishes them.
    this.#isRequested ||= !this.#topic.startsWithState;
    this.#messages.publish(this.#states.current);
  }

  #start(): void {
    if (!this.#isStale) this.#dueAt = this.#lastReadAt + this.#delayMs();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { leaseMs, isShared } = this.#deps;
    const untilDue = Math.max(0, this.#dueAt - performance.now());
    // Often enough to extend a lease before it ends, and to take over that of a dead process soon.
    const delay = isShared ? Math.min(untilDue, leaseMs / 3) : untilDue;
    this.#timer = setTimeout(() => void this.#tick(), delay).unref();
  }

  async #tick(): Promise<void> {
    this.#isTicking = true;
    try {
      const wasPolledElsewhere = this.#isPolledElsewhere;
      this.#isPolledElsewhere = !(await this.#holdLease());
      if (this.#isPolledElsewhere && this.#mustRequest) {
        this.#mustRequest = false;
        this.#messages.request();
      }
      // The process that polled before may not have answered a request.
      if (wasPolledElsewhere && !this.#isPolledElsewhere) this.#publishCurrent();
      const isDue = performance.now() >= this.#dueAt;
      // The process that polled before may have died before it could publish a change.
      if (this.#isPolledElsewhere ? this.#mustRead : isDue || wasPolledElsewhere) await this.#poll();
      else if (isDue) this.#dueAt = performance.now() + this.#deps.delays.maxMs;
    } catch (error) {
      this.#deps.logger.error({ err: error }, UNEXPECTED);
    } finally {
      this.#isTicking = false;
      if (!this.#closed.signal.aborted) this.#schedule();
    }
  }

  async #poll(): Promise<void> {
    const [subscription] = this.#subscriptions;
    if (subscription === undefined) return;
    this.#mustRead = false;
    try {
      const { limit, tracer, recorder } = this.#deps;
      const { subscriber } = subscription;
      const isChanged = await limit(() =>
        tracedPoll(tracer, this.#topic.name, subscriber.trace, (trace) => this.#read(subscriber, trace)),
      );
      recorder.polled(isChanged ? 'news' : 'nothing');
      if (this.#notFoundStreak.isGone(performance.now())) this.#end(this.#notFound());
      if (!isChanged) this.#idleReads += 1;
      else this.#idleReads = this.#deps.hasWebhooks() ? idleReadsOfMaxDelay(this.#deps.delays) : 0;
      this.#dueAt = performance.now() + this.#delayMs();
    } catch (error) {
      this.#failed(error);
      // Next time, read for another subscription: the calls of its principal may not be paused.
      if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription);
    }
    if (this.#isStale) this.recheck();
  }

  #failed(error: unknown): void {
    if (this.#closed.signal.aborted) return;
    this.#deps.recorder.polled('failed');
    const isExpected = error instanceof UpstreamError;
    if (!isExpected) this.#deps.logger.error({ err: error }, UNEXPECTED);
    else if (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN') {
      this.#end(error);
      return;
    }
    this.#idleReads += 1;
    const { retryAfterSeconds = 0 } = isExpected ? error.details : {};
    this.#dueAt = performance.now() + Math.max(this.#delayMs(), retryAfterSeconds * 1000);
  }

  #delayMs(): number {
    return pollDelayMs(this.#idleReads, Math.random(), this.#deps.delays);
  }

  /** If the store of leases cannot be reached, every process polls. */
  async #holdLease(): Promise<boolean> {
    const { leases, leaseMs } = this.#deps;
    this.#hasLease = await leases.hold(this.#name, leaseMs).catch(() => true);
    return this.#hasLease;
  }

  #notFound(): BadUserInputError {
    return new BadUserInputError(this.#topic.notFound);
  }

  readonly #left = (subscription: Subscription<S>): void => {
    this.#subscriptions.delete(subscription);
    this.#closeIfUnused();
  };

  #end(error?: Error): void {
    const subscriptions = [...this.#subscriptions];
    this.#subscriptions.clear();
    for (const each of subscriptions) each.end(error);
    this.#closeIfUnused();
  }

  #closeIfUnused(): void {
    if (this.#subscriptions.size > 0 || this.#joining > 0 || this.#closed.signal.aborted) return;
    this.#closed.abort();
    clearTimeout(this.#timer);
    this.#deps.onClose();
    void this.#listening?.then((stop) => {
      stop();
    });
    if (this.#hasLease) void this.#deps.leases.release(this.#name);
  }
}
