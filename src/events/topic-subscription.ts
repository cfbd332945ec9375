import { RateLimitedError } from '../errors.js';
import { noRecorder, type Recorder } from '../telemetry/recorder.js';
import type { LiveEvent, Subscriber } from './topic.js';

/** The most items that may wait for a consumer. A newer state of an item replaces the older one. */
const MAX_PENDING = 10_000;

type Result<S> = IteratorResult<LiveEvent<S>, undefined>;

/** The events that one subscriber has yet to receive. A slow consumer skips states, but never the latest one. */
export class TopicSubscription<S> implements AsyncIterableIterator<LiveEvent<S>> {
  readonly subscriber: Subscriber;
  readonly #onReturn: (subscription: TopicSubscription<S>) => void;
  readonly #recorder: Recorder;
  #pending: Map<string, LiveEvent<S>> | undefined;
  #waiting: { resolve(result: Result<S>): void; reject(error: Error): void } | undefined;
  #end: { readonly error: Error | undefined } | undefined;

  constructor(
    subscriber: Subscriber,
    onReturn: (subscription: TopicSubscription<S>) => void,
    recorder: Recorder = noRecorder,
  ) {
    this.subscriber = subscriber;
    this.#onReturn = onReturn;
    this.#recorder = recorder;
  }

  push(id: string, event: LiveEvent<S>): void {
    if (this.#end !== undefined) return;
    if (this.#waiting !== undefined) {
      this.#settle().resolve({ value: event, done: false });
      return;
    }
    const pending = (this.#pending ??= new Map());
    // The order of events is that of the reads.
    if (pending.delete(id)) this.#recorder.eventSkipped();
    pending.set(id, event);
    if (pending.size > MAX_PENDING) {
      this.#recorder.eventsDropped(pending.size);
      this.end(
        new RateLimitedError(
          'More target groups have changed than the client has received in time. Subscribe again, then query the list.',
        ),
      );
      this.#pending = undefined;
      this.#onReturn(this);
    }
  }

  /** Ends the subscription after the events that were pushed. @param error the reason for a failure. Default: it completes */
  end(error?: Error): void {
    this.#end ??= { error };
    if (this.#waiting === undefined) return;
    const waiting = this.#settle();
    if (error === undefined) waiting.resolve({ value: undefined, done: true });
    else waiting.reject(error);
    this.#end = { error: undefined };
  }

  async next(): Promise<Result<S>> {
    const first = this.#pending?.entries().next().value;
    if (first !== undefined) {
      this.#pending?.delete(first[0]);
      return { value: first[1], done: false };
    }
    if (this.#end !== undefined) {
      const { error } = this.#end;
      this.#end = { error: undefined };
      if (error !== undefined) throw error;
      return { value: undefined, done: true };
    }
    return await new Promise<Result<S>>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async return(): Promise<Result<S>> {
    this.#pending = undefined;
    this.end();
    this.#onReturn(this);
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<Result<S>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle() {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) throw new Error('No consumer is waiting for an event.');
    return waiting;
  }
}
