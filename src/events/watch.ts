import type { LeaseStore } from '../state/lease-store.js';
import type { Logger } from '../telemetry/logger.js';
import type { Recorder } from '../telemetry/recorder.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Tracer } from '../telemetry/tracer.js';
import { UpstreamError } from '../upstream/errors.js';
import { BadUserInputError } from '../errors.js';
import { Absence } from './absence.js';
import { SeenStates } from './seen-states.js';
import { StateMessages, type StateMessagesOptions, type Told } from './state-messages.js';
import { idleReadsOfMaxDelay, pollDelayMs, type PollDelays } from './poll-schedule.js';
import type { RateBudget } from './rate-budget.js';
import { Subscription } from './subscription.js';
import { tracedPoll } from './poll-span.js';
import type { Subscriber, Topic } from './topic.js';

/** Reads that follow one hint after another are so far apart, in milliseconds. */
const HINT_SPACING_MS = 50;
const UNEXPECTED = 'Polling for subscriptions failed unexpectedly.';

export interface WatchDeps extends StateMessagesOptions {
  readonly leases: LeaseStore;
  readonly delays: PollDelays;
  readonly leaseMs: number;
  readonly budget: RateBudget;
  /** Runs a poll when few others are running. */
  readonly limit: <T>(poll: () => Promise<T>) => Promise<T>;
  /** Whether webhooks tell of changes, so that polling is only needed for those that get lost. */
  readonly isCovered: () => boolean;
  readonly onClose: () => void;
  readonly recorder: Recorder;
  /** Undefined where nothing is traced. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
}

/**
 * One topic, as one credential sees it, for all subscriptions of the process. It reads the topic while there are any, and tells
 * them what is news. Of all processes that watch the same, the one with the lease polls, and sends the others what it reads.
 */
export class Watch<S> {
  readonly #topic: Topic<S>;
  readonly #name: string;
  readonly #deps: WatchDeps;
  readonly #messages: StateMessages<S>;
  readonly #states: SeenStates<S>;
  readonly #absence: Absence;
  readonly #subscriptions = new Set<Subscription<S>>();
  readonly #closed = new AbortController();
  #joining = 0;
  #listening: Promise<() => void> | undefined;
  #reading: Promise<boolean> | undefined;
  #isPolledElsewhere = false;
  #hasLease = false;
  #isLast = false;
  /** Something may have changed after the last read began. */
  #isStale = false;
  /** The next read is due even if another process has the lease. */
  #isDueForAll = false;
  /** The process that polls may know something newer, which it has told already. */
  #mustAsk = true;
  /** Other processes are to be told all that the next read shows. */
  #isAsked = false;
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
    this.#states = new SeenStates(topic, Date.now());
    this.#absence = new Absence(deps.delays.minMs);
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
      // What changes from here on arrives as a message, so it must be listened to before the state is read.
      await (this.#listening ??= this.#messages.listen({
        onTold: (told) => {
          this.#told(told);
        },
      }));
      const waited = !this.#states.isComplete;
      // One 404 of something that is known may be that of a replica that lags.
      if (!this.#isFresh() && !(await this.#exists(subscriber)) && !this.#states.isComplete)
        throw this.#notFound();
      const subscription = new Subscription<S>(subscriber, this.#left, this.#deps.recorder);
      this.#subscriptions.add(subscription);
      this.#states.begin(subscription, waited);
      if (this.#isLast) this.#end();
      else if (this.#timer === undefined) this.#start();
      return subscription;
    } finally {
      this.#joining -= 1;
      if (this.#joining === 0) this.#states.nobodyWaits();
      this.#closeIfUnused();
    }
  }

  /** Reads soon: something may have changed. @param evenIfPolledElsewhere messages of the process that polls may be lost */
  recheck({ evenIfPolledElsewhere = false } = {}): void {
    this.#isStale = true;
    this.#isDueForAll ||= evenIfPolledElsewhere;
    this.#mustAsk ||= evenIfPolledElsewhere;
    this.#idleReads = 0;
    const earliest = this.#lastReadAt + HINT_SPACING_MS;
    this.#dueAt = Math.max(earliest, performance.now());
    if (this.#timer !== undefined && !this.#isTicking) this.#schedule();
  }

  /** Ends all subscriptions as complete. */
  close(): void {
    this.#end();
  }

  #isFresh(): boolean {
    if (!this.#states.isComplete || this.#isStale) return false;
    return !this.#topic.startsWithState || performance.now() - this.#lastReadAt <= this.#deps.delays.minMs;
  }

  async #exists(subscriber: Subscriber): Promise<boolean> {
    await this.#read(subscriber, subscriber.trace);
    return !this.#absence.isMissing;
  }

  /** @returns whether something was news. Callers share a read that is in progress. */
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
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    const told: (readonly [string, S])[] = [];
    let isNews = false;
    try {
      const exists = await this.#topic.read(
        () => subscriber.newClient(trace),
        (id, state) => {
          const isNew = this.#see(id, state);
          isNews ||= isNew;
          if (isNew || isAsked) told.push([id, state]);
        },
        async () => {
          await budget.take(signal);
          if (this.#hasLease) await this.#holdLease();
        },
      );
      this.#absence.read(exists, performance.now());
      if (exists) this.#states.complete();
      return isNews;
    } catch (error) {
      this.#isAsked ||= isAsked;
      throw error;
    } finally {
      // What was seen before a page could not be read is no news when it is read again.
      this.#messages.tell(told);
    }
  }

  /** @returns whether it is news */
  #see(id: string, state: S): boolean {
    const event = this.#states.see(id, state);
    if (event === undefined) return false;
    if (this.#states.isToldOf) for (const each of this.#subscriptions) each.push(id, event);
    this.#isLast ||= this.#topic.isLast(state);
    if (this.#isLast) this.#end();
    return true;
  }

  #told(told: Told<S>): void {
    if (told === 'asked') this.#answer();
    else if (told === 'news') this.recheck({ evenIfPolledElsewhere: true });
    else for (const [id, state] of told) if (this.#see(id, state)) this.#lastReadAt = performance.now();
  }

  /** Tells other processes what is known: they may have missed it, or read an older state from a replica that lags behind. */
  #answer(): void {
    if (!this.#hasLease) return;
    // The states of lists are not kept.
    this.#isAsked ||= !this.#topic.startsWithState;
    this.#messages.tell(this.#states.kept);
  }

  #start(): void {
    if (!this.#isStale) this.#dueAt = this.#lastReadAt + this.#delayMs();
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const { leaseMs, isShared } = this.#deps;
    const untilDue = Math.max(0, this.#dueAt - performance.now());
    // A lease is extended in time, and tried for soon after its owner has died.
    const delay = isShared ? Math.min(untilDue, leaseMs / 3) : untilDue;
    this.#timer = setTimeout(() => void this.#tick(), delay).unref();
  }

  async #tick(): Promise<void> {
    this.#isTicking = true;
    try {
      const wasPolledElsewhere = this.#isPolledElsewhere;
      this.#isPolledElsewhere = !(await this.#holdLease());
      if (this.#isPolledElsewhere && this.#mustAsk) {
        this.#mustAsk = false;
        this.#messages.ask();
      }
      // The process that polled before may not have answered.
      if (wasPolledElsewhere && !this.#isPolledElsewhere) this.#answer();
      const isDue = performance.now() >= this.#dueAt;
      // The process that polled before may have died with something to tell.
      if (this.#isPolledElsewhere ? this.#isDueForAll : isDue || wasPolledElsewhere) await this.#poll();
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
    this.#isDueForAll = false;
    try {
      const { limit, tracer, recorder } = this.#deps;
      const { subscriber } = subscription;
      const isNews = await limit(() =>
        tracedPoll(tracer, this.#topic.name, subscriber.trace, (trace) => this.#read(subscriber, trace)),
      );
      recorder.polled(isNews ? 'news' : 'nothing');
      if (this.#absence.isGone(performance.now())) this.#end(this.#notFound());
      if (!isNews) this.#idleReads += 1;
      else this.#idleReads = this.#deps.isCovered() ? idleReadsOfMaxDelay(this.#deps.delays) : 0;
      this.#dueAt = performance.now() + this.#delayMs();
    } catch (error) {
      this.#failed(error);
      // Another principal's calls may not be paused.
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

  /** Without the store every process polls for itself. */
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
