import { readConfig } from '../../src/config.js';
import { forwardedPrincipal } from '../../src/auth/principal.js';
import { createContext } from '../../src/context.js';
import { LiveUpdates } from '../../src/events/live-updates.js';
import type { Topic } from '../../src/events/topic.js';
import { demo } from '../../src/emulator/index.js';
import { processSharedState, type SharedState } from '../../src/state/shared-state.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { newTrace } from '../../src/telemetry/trace-context.js';
import { Cancellation } from '../../src/cancellation.js';
import { projectPath } from '../../src/upstream/resources/resource-ref.js';
import { IdempotencyKeys } from '../../src/upstream/state/idempotency-keys.js';
import { createUpstream } from '../../src/upstream/upstream.js';
import { until } from '../helpers/until.js';

/** Polls as fast as it may. */
export const FAST = { POLL_MIN_MS: '20', POLL_MAX_MS: '50', POLL_LIST_CALLS_PER_MINUTE: '1000000' };
/** Reads only on hints. */
export const HINTED = { ...FAST, POLL_MIN_MS: '600000', POLL_MAX_MS: '600000' };

export interface LiveUpdatesFixtureOptions {
  readonly demandApiUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly state?: SharedState;
}

/** The states that a subscription has received. */
export interface TestSubscription<S> {
  readonly states: S[];
  /** Undefined while it is open; null if it was completed. */
  readonly end: Error | null | undefined;
  unsubscribe(): Promise<void>;
  /** Waits until this many states have been received in all. */
  received(count: number): Promise<void>;
  /** Waits for the end. @returns the error; null if it was completed */
  ended(): Promise<Error | null>;
}

/** The subscriptions of one process, without HTTP. */
export interface LiveUpdatesFixture {
  readonly live: LiveUpdates;
  subscribe<S>(topic: Topic<S>, token?: string): Promise<TestSubscription<S>>;
  close(): void;
}

export async function startLiveUpdates({
  demandApiUrl,
  env = FAST,
  state = processSharedState(),
}: LiveUpdatesFixtureOptions): Promise<LiveUpdatesFixture> {
  const config = readConfig({ LOG_LEVEL: 'silent', DEMAND_API_RETRY_BASE_MS: '1', ...env });
  const upstream = await createUpstream(config.demandApi, demandApiUrl, Date.now, state.jobs);
  const live = new LiveUpdates({
    polling: config.polling,
    state,
    concurrency: config.demandApi.concurrency,
    endSharedReads: (ref) => {
      upstream.endSharedReads(projectPath(ref));
    },
    logger: createLogger('silent'),
  });
  const deps = {
    client: upstream.client,
    idempotencyKeys: new IdempotencyKeys(state.keys),
    live,
    requestTimeoutMs: config.requestTimeoutMs,
    now: Date.now,
  };
  return {
    live,
    async subscribe<S>(topic: Topic<S>, token: string = demo.token) {
      const principal = forwardedPrincipal(`Bearer ${token}`);
      const context = createContext(deps, { principal, trace: newTrace(), gone: new Cancellation() });
      return subscription(await context.subscribe(topic));
    },
    close: () => {
      live.close();
      upstream.close();
    },
  };
}

function subscription<S>(events: AsyncIterableIterator<{ readonly state: S }>): TestSubscription<S> {
  const states: S[] = [];
  let end: Error | null | undefined;
  const reading = async () => {
    for await (const { state } of events) states.push(state);
  };
  void reading().then(
    () => (end = null),
    (error: unknown) => (end = error as Error),
  );
  return {
    states,
    get end() {
      return end;
    },
    async unsubscribe() {
      await events.return?.();
    },
    received: (count) => until(() => states.length >= count),
    async ended() {
      await until(() => end !== undefined);
      return end ?? null;
    },
  };
}
