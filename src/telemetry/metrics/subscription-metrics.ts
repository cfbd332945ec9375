import type { Recorder } from '../recorder.js';
import type { Instruments } from './instruments.js';

/** Records how subscriptions begin and end. */
export function subscriptionMetrics({
  counter,
  gauge,
}: Instruments): Pick<Recorder, 'subscriptionStarted' | 'subscriptionEnded'> {
  const active = gauge('fieldgate_subscriptions_active', 'Open subscriptions');
  const started = counter('fieldgate_subscriptions_started_total', 'Subscriptions opened');
  const ended = counter('fieldgate_subscriptions_ended_total', 'Subscriptions ended', 'reason');
  return {
    subscriptionStarted: () => {
      started.inc();
      active.inc();
    },
    subscriptionEnded: (reason) => {
      ended.inc({ reason });
      active.dec();
    },
  };
}

/** Records the events of subscriptions. */
export function eventMetrics({
  counter,
}: Instruments): Pick<Recorder, 'eventSent' | 'eventSkipped' | 'eventsDropped'> {
  const sent = counter('fieldgate_subscription_events_sent_total', 'Events sent to clients');
  const skipped = counter(
    'fieldgate_subscription_events_skipped_total',
    'Events that a slow client skipped because a newer one replaced them',
  );
  const dropped = counter(
    'fieldgate_subscription_events_dropped_total',
    'Events dropped when the subscription of a slow client was ended',
  );
  return {
    eventSent: () => {
      sent.inc();
    },
    eventSkipped: () => {
      skipped.inc();
    },
    eventsDropped: (count) => {
      dropped.inc(count);
    },
  };
}

/** Records where new states come from. */
export function sourceMetrics({ counter }: Instruments): Pick<Recorder, 'polled' | 'webhookDelivery'> {
  const polls = counter('fieldgate_polls_total', 'Polls of the Demand API for subscriptions', 'result');
  const deliveries = counter(
    'fieldgate_webhook_deliveries_total',
    'Webhook deliveries, accepted or rejected; `malformed` is the fault of the sender, `overloaded` and `failed` are those of the gateway',
    'result',
  );
  return {
    polled: (result) => {
      polls.inc({ result });
    },
    webhookDelivery: (result) => {
      deliveries.inc({ result });
    },
  };
}
