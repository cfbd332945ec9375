/** An operation and its outcome. */
interface OperationRecord {
  /** Undefined if the operation has no name, or was rejected before it was known. */
  readonly name: string | undefined;
  /** Undefined if the operation was rejected before it was known. */
  readonly type: OperationType | undefined;
  /** The name that the client gives itself, if any. */
  readonly client: string | undefined;
  /** `ok`, the code of the first error, or `CLIENT_GONE` if the client disconnected before the operation was known. */
  readonly outcome: string;
  /** Undefined if nothing was executed. */
  readonly seconds: number | undefined;
}

export type OperationType = 'query' | 'mutation' | 'subscription';

/** One HTTP request of a call to the Demand API. */
interface AttemptRecord {
  readonly method: string;
  /** The path with placeholders for ids. */
  readonly template: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** The status of the response, or why there is none, e.g. `timed-out`. */
  readonly status: number | string;
  readonly seconds: number;
}

/** How a subscription ended. `left`: the client unsubscribed or disconnected. */
export type SubscriptionEnd = 'completed' | 'left' | 'failed' | 'expired' | 'closing';

/** The result of a cacheable read: no cached body, one that the API confirmed (304), or one that had changed. */
type CacheResult = 'miss' | 'revalidated' | 'changed';

type PollResult = 'changed' | 'unchanged' | 'failed';

/** Receives events from all layers as they happen, e.g. to count them. Its methods must neither throw nor block. */
export interface Recorder {
  operation(record: OperationRecord): void;
  upstreamAttempt(record: AttemptRecord): void;
  retried(): void;
  retryBudgetExhausted(): void;
  /** A call was not sent, because a circuit breaker is open. */
  failedFast(): void;
  cooldownStarted(): void;
  cacheRead(result: CacheResult): void;
  /** A read has shared the response of an identical read in flight. */
  readShared(): void;
  readonly loaderBatch: (size: number) => void;
  subscriptionStarted(): void;
  subscriptionEnded(reason: SubscriptionEnd): void;
  eventSent(): void;
  /** A slow client has skipped an event, because a newer one replaced it. */
  eventSkipped(): void;
  /** The subscription of a slow client was ended, and `count` events were dropped. */
  eventsDropped(count: number): void;
  polled(result: PollResult): void;
  /** `result`: `accepted`, `duplicate` or `ignored`, or why the delivery was rejected, of which there are few values. */
  webhookDelivery(result: string): void;
}

function ignore(): void {
  // Nothing is recorded.
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
