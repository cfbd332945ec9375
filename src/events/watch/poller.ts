import type { Logger } from '../../telemetry/logger.js';
import type { Recorder } from '../../telemetry/recorder.js';
import type { Tracer } from '../../telemetry/tracer.js';
import { UpstreamError } from '../../upstream/errors.js';
import type { PollSchedule } from './poll-schedule.js';
import { tracedPoll } from './poll-span.js';
import type { SubscriptionSet } from './subscription-set.js';
import type { TopicReader } from './topic-reader.js';

export const UNEXPECTED = 'Polling for subscriptions failed unexpectedly.';

export interface PollerOptions {
  /** Limits how many polls run at the same time. */
  readonly limit: <T>(poll: () => Promise<T>) => Promise<T>;
  /** Whether webhooks report changes, so that polling only has to find those whose webhook was lost. */
  readonly hasWebhooks: () => boolean;
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
}

export interface PollerDeps<S> extends PollerOptions {
  /** The REST path of the topic. */
  readonly path: string;
  readonly subscriptions: SubscriptionSet<S>;
  readonly reader: TopicReader<S>;
  readonly schedule: PollSchedule;
  /** Called after each read. */
  readonly onRead: () => void;
  /** Called if no credential may read the topic. */
  readonly onDenied: (error: UpstreamError) => void;
  /** Aborted when nobody is interested in the topic any more. */
  readonly signal: AbortSignal;
}

/** Reads a topic for its subscriptions, with the credential of one of them. */
export class Poller<S> {
  readonly #deps: PollerDeps<S>;

  constructor(deps: PollerDeps<S>) {
    this.#deps = deps;
  }

  async poll(): Promise<void> {
    const { subscriptions, reader, schedule, limit, tracer, path, recorder, onRead, hasWebhooks } =
      this.#deps;
    const subscription = subscriptions.first;
    if (subscription === undefined) return;
    const { subscriber } = subscription;
    schedule.pollStarted();
    try {
      const isChanged = await limit(() =>
        tracedPoll(tracer, path, subscriber.trace, (trace) => reader.read(subscriber, trace)),
      );
      recorder.polled(isChanged ? 'changed' : 'unchanged');
      onRead();
      schedule.polled(performance.now(), isChanged, hasWebhooks());
    } catch (error) {
      this.#failed(error);
      // Next time, read for another subscription: the calls of its principal may not be paused.
      subscriptions.moveToEnd(subscription);
    }
    if (schedule.isStale) schedule.hinted(performance.now());
  }

  #failed(error: unknown): void {
    const { schedule, recorder, logger, onDenied, signal } = this.#deps;
    if (signal.aborted) return;
    recorder.polled('failed');
    const isExpected = error instanceof UpstreamError;
    if (!isExpected) logger.error({ err: error }, UNEXPECTED);
    else if (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN') {
      onDenied(error);
      return;
    }
    const { retryAfterSeconds = 0 } = isExpected ? error.details : {};
    schedule.pollFailed(performance.now(), retryAfterSeconds * 1000);
  }
}
