import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import type { PollingConfig } from '../config/polling.js';
import type { SharedState } from '../state/shared-state.js';
import type { Logger } from '../telemetry/logger.js';
import { noRecorder, type Recorder } from '../telemetry/recorder.js';
import type { Tracer } from '../telemetry/tracer.js';
import { digest } from '../upstream/state/digest.js';
import { concerns, type ChangeHint } from './hints.js';
import { RateBudget } from './rate-budget.js';
import type { Subscription } from './subscription.js';
import type { Subscriber, Topic } from './topic.js';
import { Watch } from './watch.js';

/** Webhooks tell of an account's changes if one has within this time, in milliseconds. */
const WEBHOOKS_QUIET_MS = 600_000;
const MAX_COVERED = 1000;
/** Anybody can send a forged delivery, so these have everything read again once in this time at most, in milliseconds. */
const SUSPICION_MS = 60_000;
/** Where processes tell each other of them: another one may poll what a lost delivery was about. */
const SUSPICIONS = 'suspicions';
/** Polls get this fraction of the calls that may be in flight. */
const POLL_SHARE = 0.25;

export interface LiveUpdatesOptions {
  readonly polling: PollingConfig;
  readonly state: Pick<SharedState, 'leases' | 'messages' | 'isShared'>;
  /** Upstream requests in flight for the process. */
  readonly concurrency: number;
  /** Has later reads of the resource not share calls that are in flight now. */
  readonly endSharedReads: (hint: ChangeHint) => void;
  /** Default: records nothing. */
  readonly recorder?: Recorder;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | undefined;
  readonly logger: Logger;
}

/** All that is subscribed in this process. */
export class LiveUpdates {
  readonly #options: LiveUpdatesOptions;
  readonly #watches = new Map<string, Watch<unknown>>();
  readonly #budgets = new Map<string, { readonly budget: RateBudget; users: number }>();
  /** Accounts that webhooks tell of. */
  readonly #covered = new LRUCache<string, true>({ max: MAX_COVERED, ttl: WEBHOOKS_QUIET_MS });
  readonly #limit: LimitFunction;
  readonly #processId = randomUUID();
  readonly #stopOnGap: () => void;
  readonly #suspicions: Promise<() => void>;
  #suspectedAt = -Infinity;
  #suspicion: NodeJS.Timeout | undefined;

  constructor(options: LiveUpdatesOptions) {
    this.#options = options;
    this.#limit = pLimit(Math.max(1, Math.floor(options.concurrency * POLL_SHARE)));
    this.#stopOnGap = options.state.messages.onGap(() => {
      for (const watch of this.#watches.values()) watch.recheck({ evenIfPolledElsewhere: true });
    });
    this.#suspicions = options.state.messages.listen(SUSPICIONS, () => {
      this.#suspectedAt = performance.now();
      for (const watch of this.#watches.values()) watch.recheck();
    });
  }

  /**
   * Subscribes to a topic. The first state is there when the promise is resolved, if the topic starts with one.
   *
   * @param credentialKey of the `CallScope` that the subscriber's clients read with
   * @throws {BadUserInputError} if the resource does not exist
   * @throws {UpstreamError} if it cannot be read
   */
  async subscribe<S>(
    topic: Topic<S>,
    credentialKey: string,
    subscriber: Subscriber,
  ): Promise<Subscription<S>> {
    const name = digest([credentialKey, topic.name]);
    const known = this.#watches.get(name) ?? this.#watch(topic, name, credentialKey);
    // A name has one topic, and so one type of states.
    return await (known as unknown as Watch<S>).join(subscriber);
  }

  /** How many topics are subscribed, and how many of them this process polls. */
  get watches(): { readonly topics: number; readonly polled: number } {
    const watches = [...this.#watches.values()];
    return { topics: watches.length, polled: watches.filter(({ isPolledHere }) => isPolledHere).length };
  }

  /** Something may have changed. */
  hint(hint: ChangeHint): void {
    if (hint.byWebhook === true) this.#covered.set(hint.accountId, true);
    const concerned = [...this.#watches.values()].filter(({ about }) => concerns(hint, about));
    if (concerned.length === 0) return;
    this.#options.endSharedReads(hint);
    for (const watch of concerned) watch.recheck();
  }

  /**
   * A delivery was not authentic, so a real one may have been lost. What is subscribed, in whichever process, is read again, now or
   * within a minute.
   */
  suspect(): void {
    if (this.#suspicion !== undefined) return;
    const { messages } = this.#options.state;
    const tell = () => {
      this.#suspicion = undefined;
      messages.publish(SUSPICIONS, '');
    };
    const inMs = this.#suspectedAt + SUSPICION_MS - performance.now();
    if (inMs > 0) this.#suspicion = setTimeout(tell, inMs).unref();
    else tell();
  }

  /** Completes all subscriptions. */
  close(): void {
    this.#stopOnGap();
    void this.#suspicions.then((stop) => {
      stop();
    });
    clearTimeout(this.#suspicion);
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
      isCovered: () => topic.hasWebhooks && this.#covered.has(accountId),
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
