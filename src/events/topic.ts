import type { TraceContext } from '../telemetry/trace-context.js';
import type { DemandClient } from '../upstream/client/client.js';
import type { ChangeHint } from './hints.js';

/** Makes a client with a new deadline, for one read. */
export type NewClient = () => DemandClient;

/** The operation that has subscribed, and the credential to read with on its behalf. */
export interface Subscriber {
  /** The trace of the operation. */
  readonly trace: TraceContext;
  /** Makes clients that call with the subscriber's credential, as part of `trace`. */
  readonly newClient: (trace: TraceContext) => DemandClient;
}

/** Something that clients can subscribe to: one resource, or the items of a list. */
export interface Topic<S> {
  /** Identifies the topic by its REST path. */
  readonly name: string;
  /** The resources whose change may be a change of this topic. */
  readonly about: ChangeHint;
  /** Whether the first event is the current state. */
  readonly startsWithState: boolean;
  /** Whether webhooks report its changes. */
  readonly hasWebhooks: boolean;
  /** The error message if the resource does not exist. */
  readonly notFound: string;
  /**
   * Reads the state once.
   *
   * @param onState called with each item as it is read; a single resource is the only item, with the id `''`
   * @param beforePage waits until the budget allows another read of a list page
   * @returns whether the resource exists
   */
  read(
    newClient: NewClient,
    onState: (id: string, state: S) => void,
    beforePage: () => Promise<void>,
  ): Promise<boolean>;
  /** A short text that identifies a state, for {@link isNewer}. */
  revisionOf(state: S): string;
  /** Whether a state with `revision` is newer than the one published last, with `previous`. */
  isNewer(previous: string, revision: string): boolean;
  /** Whether no other state can follow. */
  isFinal(state: S): boolean;
  /** Whether a state may be more recent than a subscription that began at `since` (milliseconds since the epoch). */
  mayBeNewerThan(state: S, since: number): boolean;
}

/** A state that was read. All subscriptions of a process get the same object, so that they can share work on it. */
export interface LiveEvent<S = unknown> {
  readonly state: S;
}
