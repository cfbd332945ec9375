import { listenToHints, publishHint, type ChangeHint } from '../../events/hints.js';
import { LiveUpdates } from '../../events/live-updates.js';
import { WebhookReceiver } from '../../events/webhooks/webhook-receiver.js';
import { projectPath } from '../../upstream/resources/resource-ref.js';
import type { Upstream } from '../../upstream/upstream.js';
import type { Basics } from './basics.js';

interface LiveUpdatesParts {
  readonly live: LiveUpdates;
  /** Undefined if webhooks are not configured. */
  readonly webhooks: WebhookReceiver | undefined;
  close(): void;
}

/** Live updates, with the hints of all processes and of webhooks as input. Close it. */
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
    webhooks: createWebhookReceiver(basics, live),
    close: () => {
      stopHints();
      live.close();
    },
  };
}

function createWebhookReceiver(
  { config: { webhooks }, sharedState: { deliveries, messages }, logger, now }: Basics,
  live: LiveUpdates,
): WebhookReceiver | undefined {
  if (webhooks === undefined) return undefined;
  return new WebhookReceiver({
    ...webhooks,
    deliveries,
    onHint: (hint: ChangeHint) => {
      publishHint(messages, { ...hint, byWebhook: true });
    },
    onInvalidSignature: () => {
      live.recheckAll();
    },
    logger,
    now,
  });
}
