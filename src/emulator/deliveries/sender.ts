import { randomBytes } from 'node:crypto';
import { WebhookDeliveryStatus } from '../../contract/demand-api.js';
import type { WebhookFault, WebhookFaults } from '../faults/webhook-faults.js';
import type { Database } from '../store/database.js';
import {
  bounceDueDeliveries,
  markDelivering,
  nextAttemptAfter,
  nextDelivery,
  postpone,
  recordProgress,
  resumeDeliveries,
  webhooksWithDueDeliveries,
  type DueDelivery,
} from '../store/deliveries.js';
import { findEndpoint } from '../store/webhooks.js';
import { EndpointBreaker } from './breaker.js';
import { cloudEventOf } from './cloud-event.js';
import type { DeliveryOptions } from './options.js';
import { SignedPosts, type Outcome } from './post.js';
import { PostponedDeliveries } from './postponed.js';
import { afterAttempt } from './retry.js';

/** The longest wait before the database is looked at again, because the system's clock can be changed. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Sends events to webhooks, at least once, from what the database holds: one attempt at a time for each webhook, in
 * the order of events, while a delivery that waits for its next attempt holds up no other. The system's clock counts
 * here, not the emulator's: receivers compare the time of a signature with their own.
 */
export class Sender {
  readonly #posts: SignedPosts;
  readonly #breaker: EndpointBreaker;
  readonly #postponed = new PostponedDeliveries();
  /** The attempts in flight, by webhook. */
  readonly #inFlight = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isWoken = false;
  #isRunning = false;

  /** @param onError receives errors of the database, after which the sender goes on */
  constructor(
    private readonly database: Database,
    readonly options: DeliveryOptions,
    private readonly faults: WebhookFaults,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#posts = new SignedPosts(options.timeoutMs);
    this.#breaker = new EndpointBreaker(options.breakerFailures, options.breakerPauseMs);
  }

  /** Starts with the deliveries that an earlier process left. */
  start(): void {
    this.#isRunning = true;
    resumeDeliveries(this.database, Date.now());
    this.wake();
  }

  /** Looks for due deliveries soon: after the transaction in which it is called. */
  wake(): void {
    if (this.#isWoken || !this.#isRunning) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#beginAll();
    });
  }

  /** Forgets what it knows of endpoints and deliveries, for a database that has been reset. */
  reset(): void {
    this.#breaker.reset();
    this.#postponed.clear();
    this.wake();
  }

  /** Aborts the attempts in flight; the next process makes them again. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#posts.abortAll();
    await Promise.all(this.#inFlight.values());
    await this.#posts.close();
  }

  #beginAll(): void {
    if (!this.#isRunning) return;
    try {
      const now = Date.now();
      for (const webhookId of webhooksWithDueDeliveries(this.database, now)) {
        if (this.#inFlight.size >= this.options.concurrency) break;
        if (!this.#inFlight.has(webhookId)) this.#beginNext(webhookId, now);
      }
      this.#wakeAtNextAttempt(now);
    } catch (error) {
      this.onError(error);
      this.#wakeIn(LONGEST_WAIT_MS);
    }
  }

  /** Begins the next attempt for a webhook that is not put off. */
  #beginNext(webhookId: string, now: number): void {
    for (;;) {
      const delivery = nextDelivery(this.database, webhookId, now);
      const endpoint = findEndpoint(this.database, webhookId);
      if (delivery === undefined || endpoint === undefined) return;
      if (delivery.expiresAt <= now) {
        recordProgress(this.database, delivery, expired(delivery));
        continue;
      }
      const openUntil = this.#breaker.openUntil(endpoint.url, now);
      if (openUntil !== undefined) {
        bounceDueDeliveries(this.database, webhookId, now, openUntil);
        return;
      }
      const drawn = this.#postponed.take(delivery);
      const fault = drawn ?? this.faults.take({ webhookId, type: delivery.event.type }) ?? {};
      const waitMs = drawn === undefined ? (fault.reorder_within_ms ?? 0) + (fault.delay_ms ?? 0) : 0;
      if (waitMs > 0) {
        this.#postponed.add(delivery, fault);
        postpone(this.database, delivery, now + waitMs);
        continue;
      }
      markDelivering(this.database, delivery);
      this.#inFlight.set(webhookId, this.#attempt(delivery, fault));
      return;
    }
  }

  async #attempt(delivery: DueDelivery, fault: WebhookFault): Promise<void> {
    const outcome = await this.#send(delivery, fault);
    const { webhookId } = delivery;
    this.#inFlight.delete(webhookId);
    if (!this.#isRunning) return;
    try {
      const now = Date.now();
      recordProgress(this.database, delivery, afterAttempt(delivery, outcome, now, this.options));
      for (const overtaken of this.#postponed.waitingToBeOvertaken(webhookId)) {
        postpone(this.database, overtaken, now);
      }
    } catch (error) {
      this.onError(error);
    }
    this.wake();
  }

  /** Sends a delivery, as often and as badly as the fault says. @returns the outcome of the last copy */
  async #send(delivery: DueDelivery, fault: WebhookFault): Promise<Outcome> {
    if (fault.lose === true) return { status: null, failure: null };
    const body = cloudEventOf(delivery.event);
    let outcome: Outcome = { status: null, failure: 'The webhook was deleted.' };
    for (let copies = 1 + (fault.duplicate ?? 0); copies > 0 && this.#isRunning; copies -= 1) {
      // Read again for each copy: a deleted webhook gets nothing more, and a secret that was replaced signs nothing more.
      const endpoint = findEndpoint(this.database, delivery.webhookId);
      if (endpoint === undefined) break;
      outcome = await this.#posts.send(endpoint.url, {
        body,
        secret: fault.forge === true ? randomBytes(32).toString('base64') : endpoint.secret,
        seconds: Math.floor(Date.now() / 1000) - (fault.stale_seconds ?? 0),
      });
      if (outcome.failure === null) this.#breaker.succeeded(endpoint.url);
      else this.#breaker.failed(endpoint.url, Date.now());
    }
    return outcome;
  }

  /** What is due already, and was not begun, is begun when an attempt in flight ends. */
  #wakeAtNextAttempt(now: number): void {
    const next = nextAttemptAfter(this.database, now);
    if (next === undefined) clearTimeout(this.#timer);
    else this.#wakeIn(next - now);
  }

  #wakeIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beginAll(), Math.min(milliseconds, LONGEST_WAIT_MS));
  }
}

function expired({ attempts }: DueDelivery) {
  return {
    status: WebhookDeliveryStatus.Expired,
    nextAttemptAt: null,
    attempts,
    responseStatus: null,
    failure: 'It was not delivered in time.',
  };
}
