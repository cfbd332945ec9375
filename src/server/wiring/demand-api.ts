import { publishHint } from '../../events/hints.js';
import { AttemptObserver } from '../../upstream/resilience/attempt-observer.js';
import { Cooldowns } from '../../upstream/resilience/cooldowns.js';
import { resourceIn } from '../../upstream/resources/resource-ref.js';
import { createServiceCredentials, createUpstream, type Upstream } from '../../upstream/upstream.js';
import type { Basics } from './basics.js';

export interface DemandApiOptions {
  /** The REST base, with its path. */
  readonly baseUrl: string;
  /** Whether metrics or traces of attempts are collected. */
  readonly isObserved: boolean;
}

/**
 * Connects to the Demand API according to the settings. Publishes a hint for each resource that a call may have changed. Close
 * it.
 */
export async function connectDemandApi(
  { config, sharedState, recorder, tracer, logger, now }: Basics,
  { baseUrl, isObserved }: DemandApiOptions,
): Promise<Upstream> {
  const { demandApi, upstreamOAuth } = config;
  if (demandApi.proxy !== undefined) {
    logger.info(
      { proxy: demandApi.proxy.url },
      'Calls to the Demand API go through a proxy, over node-fetch.',
    );
  }
  return await createUpstream(demandApi, baseUrl, now, sharedState.jobs, {
    onChange: (path) => {
      const changed = resourceIn(path);
      if (changed !== undefined) publishHint(sharedState.messages, changed);
    },
    cooldowns: new Cooldowns(sharedState.cooldowns),
    recorder,
    ...(isObserved && { attempts: new AttemptObserver({ recorder, tracer, baseUrl }) }),
    ...(upstreamOAuth !== undefined && {
      credentials: await createServiceCredentials(upstreamOAuth, demandApi.version, logger, tracer),
    }),
  });
}
