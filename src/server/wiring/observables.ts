import type { LiveUpdates } from '../../events/live-updates.js';
import type { SharedState } from '../../state/shared-state.js';
import type { Observables } from '../../telemetry/metrics/observables.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { Overload } from '../overload/overload.js';

interface ObservableSources {
  readonly overload: Overload;
  readonly upstream: Upstream;
  readonly live: LiveUpdates;
  readonly sharedState: SharedState;
}

/** Reads the state of the gateway for metrics, on each scrape. */
export function observablesOf({ overload, upstream, live, sharedState }: ObservableSources): Observables {
  return {
    load: () => overload.load,
    openBreakers: () => openBreakers(upstream),
    callsWaiting: () => upstream.queue().waiting,
    cooldowns: () => upstream.cooldowns(),
    watches: () => live.watches,
    isRedisConnected: () => sharedState.isConnected?.(),
  };
}

function openBreakers(upstream: Upstream): readonly string[] {
  const { connections, paths } = upstream.breakers();
  return connections ? ['connections', ...paths] : paths;
}
