import { listenToHints, publishHint, type ChangeHint } from '../../events/hints.js';
import { LiveUpdates } from '../../events/live-updates.js';
import { WebhookIntake } from '../../events/webhooks/intake.js';
import { projectPath } from '../../upstream/resources/resource-ref.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { Basics } from './basics.js';

export interface LiveUpdatesParts {
  readonly live: LiveUpdates;
  /** Takes deliveries of webhooks; undefined where they are not configured. */
  readonly webhooks: WebhookIntake | undefined;
  close(): void;
}

/** What is subscribed, woken by the hints of all processes and by webhooks. Close it. */
export async function startLiveUpdates(basics: Basics, upstream: Upstream): Promise<LiveUpdatesParts> {
  const { config, sharedState, recorder, tracer, logger } = basics;
  const live = new LiveUpdates({
    polling: config.polling,
    state: sharedState,
    concurrency: config.demandApi.concurrency,
    endSharedReads: (ref) => {
      upstream.endSharedReads(projectPath(ref));
    },
    recorder,
    tracer,
    logger,
  });
  const stopHints = await listenToHints(sharedState.messages, (hint) => {
    live.hint(hint);
  });
  return {
    live,
    webhooks: createWebhookIntake(basics, live),
    close: () => {
      stopHints();
      live.close();
    },
  };
}

function createWebhookIntake(
  { config: { webhooks }, sharedState: { deliveries, messages }, logger, now }: Basics,
  live: LiveUpdates,
): WebhookIntake | undefined {
  if (webhooks === undefined) return undefined;
  return new WebhookIntake({
    ...webhooks,
    deliveries,
    onHint: (hint: ChangeHint) => {
      publishHint(messages, { ...hint, byWebhook: true });
    },
    onSuspicion: () => {
      live.suspect();
    },
    logger,
    now,
  });
}
