import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import type { PollingConfig } from '../config/polling.js';
import type { SharedState } from '../state/shared-state.js';
import type { Logger } from '../telemetry/logger.js';
import { noRecorder, type Recorder } from '../telemetry/recorder.js';
import type { Tracer } from '../telemetry/tracer.js';
import { digest } from '../digest.js';
import { concerns, type ChangeHint } from './hints.js';
import { RateBudget } from './watch/rate-budget.js';
import type { TopicSubscription } from './topic-subscription.js';
import type { Subscriber, Topic } from './topic.js';
import { Watch } from './watch/watch.js';

/** An account counts as covered by webhooks for this long after each of them, in milliseconds. */
const WEBHOOKS_QUIET_MS = 600_000;
const MAX_COVERED = 1000;
/** The shortest time between two rechecks of everything, in milliseconds: anyone can cause them by sending forged deliveries. */
const RECHECK_INTERVAL_MS = 60_000;
/** All processes recheck: any of them may poll the resource that a lost delivery was about. */
const RECHECK_CHANNEL = 'recheck';
/** The fraction of the concurrent calls that polls may use. */
const POLL_SHARE = 0.25;

export interface LiveUpdatesOptions {
  readonly polling: PollingConfig;
  readonly state: Pick<SharedState, 'leases' | 'messages' | 'isShared'>;
  /** The most concurrent calls of the process to the Demand API. */
  readonly concurrency: number;
  /** Keeps later reads of the resource from sharing calls that are in flight now. */
  readonly endSharedReads: (hint: ChangeHint) => void;
  /** Default: records nothing. */
  readonly recorder?: Recorder;
  /** Default: no tracing. */
  readonly tracer?: Tracer | undefined;
  readonly logger: Logger;
}

/** The subscriptions of this process. */
export class LiveUpdates {
  readonly #options: LiveUpdatesOptions;
  readonly #watches = new Map<string, Watch<unknown>>();
  readonly #budgets = new Map<string, { readonly budget: RateBudget; users: number }>();
  /** Accounts whose changes webhooks report. */
  readonly #covered = new LRUCache<string, true>({ max: MAX_COVERED, ttl: WEBHOOKS_QUIET_MS });
  readonly #limit: LimitFunction;
  readonly #processId = randomUUID();
  readonly #stopOnGap: () => void;
  readonly #rechecks: Promise<() => void>;
  #recheckedAt = -Infinity;
  #recheckTimer: NodeJS.Timeout | undefined;

  constructor(options: LiveUpdatesOptions) {
    this.#options = options;
    this.#limit = pLimit(Math.max(1, Math.floor(options.concurrency * POLL_SHARE)));
    this.#stopOnGap = options.state.messages.onGap(() => {
      for (const watch of this.#watches.values()) watch.recheck({ evenIfPolledElsewhere: true });
    });
    this.#rechecks = options.state.messages.listen(RECHECK_CHANNEL, () => {
      this.#recheckedAt = performance.now();
      for (const watch of this.#watches.values()) watch.recheck();
    });
  }

  /**
   * Subscribes to a topic. If the topic starts with its state, that has been read when the promise resolves.
   *
   * @param credentialKey of the `CallScope` that the subscriber's clients read with
   * @throws {BadUserInputError} if the resource does not exist
   * @throws {UpstreamError} if it cannot be read
   */
  async subscribe<S>(
    topic: Topic<S>,
    credentialKey: string,
    subscriber: Subscriber,
  ): Promise<TopicSubscription<S>> {
    const name = digest([credentialKey, topic.name]);
    const known = this.#watches.get(name) ?? this.#watch(topic, name, credentialKey);
    // A name has one topic, and so one type of states.
    return await (known as unknown as Watch<S>).join(subscriber);
  }

  /** The number of topics that have subscriptions, and of those that this process polls. */
  get watches(): { readonly topics: number; readonly polled: number } {
    const watches = [...this.#watches.values()];
    return { topics: watches.length, polled: watches.filter(({ isPolledHere }) => isPolledHere).length };
  }

  /** Reads the topics that the hint concerns soon. */
  hint(hint: ChangeHint): void {
    if (hint.byWebhook === true) this.#covered.set(hint.accountId, true);
    const concerned = [...this.#watches.values()].filter(({ about }) => concerns(hint, about));
    if (concerned.length === 0) return;
    this.#options.endSharedReads(hint);
    for (const watch of concerned) watch.recheck();
  }

  /**
   * Has all processes read all topics with subscriptions, now or within a minute, because a hint may have been lost.
   */
  recheckAll(): void {
    if (this.#recheckTimer !== undefined) return;
    const { messages } = this.#options.state;
    const publish = () => {
      this.#recheckTimer = undefined;
      messages.publish(RECHECK_CHANNEL, '');
    };
    const inMs = this.#recheckedAt + RECHECK_INTERVAL_MS - performance.now();
    if (inMs > 0) this.#recheckTimer = setTimeout(publish, inMs).unref();
    else publish();
  }

  /** Completes all subscriptions. */
  close(): void {
    this.#stopOnGap();
    void this.#rechecks.then((stop) => {
      stop();
    });
    clearTimeout(this.#recheckTimer);
    for (const watch of [...this.#watches.values()]) watch.close();
  }

  #watch(topic: Topic<unknown>, name: string, credentialKey: string): Watch<unknown> {
    const { polling, state, recorder = noRecorder, tracer, logger } = this.#options;
    const { accountId } = topic.about;
    const watch = new Watch(topic, name, {
      leases: state.leases,
      messages: state.messages,
      isShared: state.isShared,
      processId: this.#processId,
      delays: polling,
      leaseMs: polling.leaseMs,
      budget: this.#useBudget(credentialKey),
      limit: (poll) => this.#limit(poll),
      hasWebhooks: () => topic.hasWebhooks && this.#covered.has(accountId),
      onClose: () => {
        this.#watches.delete(name);
        this.#leaveBudget(credentialKey);
      },
      recorder,
      tracer,
      logger,
    });
    this.#watches.set(name, watch);
    return watch;
  }

  #useBudget(credentialKey: string): RateBudget {
    let entry = this.#budgets.get(credentialKey);
    if (entry === undefined) {
      entry = { budget: new RateBudget(this.#options.polling.listCallsPerMinute), users: 0 };
      this.#budgets.set(credentialKey, entry);
    }
    entry.users += 1;
    return entry.budget;
  }

  #leaveBudget(credentialKey: string): void {
    const entry = this.#budgets.get(credentialKey);
    if (entry === undefined) return;
    entry.users -= 1;
    if (entry.users === 0) this.#budgets.delete(credentialKey);
  }
}
