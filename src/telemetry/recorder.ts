/** What an operation was, and how it went. */
export interface OperationRecord {
  /** The operation's own name; undefined where it has none, or was rejected before it was known. */
  readonly name: string | undefined;
  /** Undefined where the operation was rejected before it was known. */
  readonly type: OperationType | undefined;
  /** How the client names itself, if it does. */
  readonly client: string | undefined;
  /** `ok`, or the code of the first error. */
  readonly outcome: string;
  /** Undefined where nothing was executed. */
  readonly seconds: number | undefined;
}

export type OperationType = 'query' | 'mutation' | 'subscription';

/** One HTTP request of a call to the Demand API. */
export interface AttemptRecord {
  readonly method: string;
  /** The path with names in the place of ids. */
  readonly template: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Of the response; or why there is none, e.g. `timed-out`. */
  readonly status: number | string;
  readonly seconds: number;
}

/** How a subscription ended. `left`: its client unsubscribed or went away. */
export type SubscriptionEnd = 'completed' | 'left' | 'failed' | 'expired' | 'closing';

/** What a read that can be revalidated found in the cache, and what the API then said of it. */
export type CacheResult = 'miss' | 'revalidated' | 'changed';

export type PollResult = 'news' | 'nothing' | 'failed';

/**
 * Is told what happens, as it happens. It must neither throw nor wait. The layers know only this interface: what becomes of the
 * events is the concern of whoever implements it.
 */
export interface Recorder {
  operation(record: OperationRecord): void;
  upstreamAttempt(record: AttemptRecord): void;
  retried(): void;
  retryBudgetExhausted(): void;
  /** A call was not sent, because a circuit breaker is open. */
  failedFast(): void;
  cooldownStarted(): void;
  cacheRead(result: CacheResult): void;
  /** A read has got the response of an equal read that was in flight. */
  readShared(): void;
  readonly loaderBatch: (size: number) => void;
  subscriptionStarted(): void;
  subscriptionEnded(reason: SubscriptionEnd): void;
  eventSent(): void;
  /** A client was too slow for a state that a newer one has replaced. */
  eventSkipped(): void;
  /** A client was too slow for everything that changes, so that its subscription ended. */
  eventsDropped(count: number): void;
  polled(result: PollResult): void;
  /** `result`: `accepted`, `duplicate` or `ignored`, or why the delivery was rejected. */
  webhookDelivery(result: string): void;
}

function ignore(): void {
  // Nobody wants to know.
}

/** Records nothing. */
export const noRecorder: Recorder = {
  operation: ignore,
  upstreamAttempt: ignore,
  retried: ignore,
  retryBudgetExhausted: ignore,
  failedFast: ignore,
  cooldownStarted: ignore,
  cacheRead: ignore,
  readShared: ignore,
  loaderBatch: ignore,
  subscriptionStarted: ignore,
  subscriptionEnded: ignore,
  eventSent: ignore,
  eventSkipped: ignore,
  eventsDropped: ignore,
  polled: ignore,
  webhookDelivery: ignore,
};
