import type { LiveUpdates } from '../../events/live-updates.js';
import type { SharedState } from '../../state/shared-state.js';
import type { Readings } from '../../telemetry/metrics/readings.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { Overload } from '../overload/overload.js';

export interface ReadingsSources {
  readonly overload: Overload;
  readonly upstream: Upstream;
  readonly live: LiveUpdates;
  readonly sharedState: SharedState;
}

/** What is read of the gateway when its metrics are scraped. */
export function readingsOf({ overload, upstream, live, sharedState }: ReadingsSources): Readings {
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
