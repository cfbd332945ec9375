import type { TraceContext } from '../telemetry/trace-context.js';
import type { DemandClient } from '../upstream/client/client.js';
import type { ChangeHint } from './hints.js';

/** A client of its own, with a deadline of its own, for each read. */
export type NewClient = () => DemandClient;

/** On whose behalf a topic is read. */
export interface Subscriber {
  /** The operation that has subscribed. */
  readonly trace: TraceContext;
  /** Makes clients that call with the subscriber's credential, as part of `trace`. */
  readonly newClient: (trace: TraceContext) => DemandClient;
}

/** Something that can be subscribed: one resource, or the items of a list. */
export interface Topic<S> {
  /** Tells topics apart: the kind and the REST path. */
  readonly name: string;
  /** The resources whose change may be a change of this topic. */
  readonly about: ChangeHint;
  /** The present state is the first event. */
  readonly startsWithState: boolean;
  /** Whether webhooks tell of its changes. */
  readonly hasWebhooks: boolean;
  /** What to say if the resource does not exist. */
  readonly notFound: string;
  /**
   * Reads the state once.
   *
   * @param see is told each item as it is read; a single resource is the one item `''`
   * @param beforePage waits until the budget allows another read of a list page
   * @returns whether the resource exists
   */
  read(
    newClient: NewClient,
    see: (id: string, state: S) => void,
    beforePage: () => Promise<void>,
  ): Promise<boolean>;
  /** A short text that stands for a state in {@link isNews}. */
  markOf(state: S): string;
  /** Whether a state is newer than the one told last. */
  isNews(toldMark: string, mark: string): boolean;
  /** Whether no other state can follow. */
  isLast(state: S): boolean;
  /** Whether a state may be younger than a subscription that began at `since` (ms since the epoch). */
  mayBeNewerThan(state: S, since: number): boolean;
}

/** A state that was read. All subscriptions of a process get the same object, so that work on it can be shared. */
export interface LiveEvent<S = unknown> {
  readonly state: S;
}
