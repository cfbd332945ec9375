import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Recorder } from '../recorder.js';
import { shownName } from '../shown-name.js';
import { DURATIONS, OperationBounds, OPERATIONS } from './operation-bounds.js';

/** Every later retry counts as this attempt. */
const MAX_ATTEMPT = 5;

const OPERATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const ATTEMPT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250];

/** The codes that have a series. Plugins can set any other. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'ok',
  'BAD_USER_INPUT',
  'COST_LIMIT_EXCEEDED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_BAD_RESPONSE',
  'INTERNAL_SERVER_ERROR',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** Records events as metrics in `registry`. */
export function createRecorder(registry: Registry): Recorder {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const labelled = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });

  const operations = labelled(
    OPERATIONS,
    'GraphQL operations',
    ...(['operation', 'type', 'client', 'outcome'] as const),
  );
  const durations = new Histogram({
    name: DURATIONS,
    help: 'Time from the arrival of an operation to its response',
    labelNames: ['operation', 'type'] as const,
    buckets: OPERATION_SECONDS,
    registers,
  });
  const attempts = labelled(
    'fieldgate_upstream_requests_total',
    'Requests to the Demand API, retries included',
    ...(['operation', 'status', 'attempt'] as const),
  );
  const attemptDurations = new Histogram({
    name: 'fieldgate_upstream_request_duration_seconds',
    help: 'Time of one request to the Demand API',
    labelNames: ['operation'] as const,
    buckets: ATTEMPT_SECONDS,
    registers,
  });
  const batches = new Histogram({
    name: 'fieldgate_loader_batch_size',
    help: 'Keys in one batch of a DataLoader',
    buckets: BATCH_SIZES,
    registers,
  });
  const retries = counter('fieldgate_upstream_retries_total', 'Retried requests to the Demand API');
  const exhausted = counter(
    'fieldgate_upstream_retry_budget_exhausted_total',
    'Retries that were not made because the retry budget was exhausted',
  );
  const failedFast = counter(
    'fieldgate_upstream_failed_fast_total',
    'Calls that were not sent because a circuit breaker was open',
  );
  const cooldowns = counter('fieldgate_upstream_cooldowns_total', 'Pauses that began after a 429');
  const cache = labelled('fieldgate_cache_reads_total', 'Cacheable reads of the Demand API', 'result');
  const shared = counter(
    'fieldgate_upstream_shared_reads_total',
    'Reads that shared the response of an identical read in flight',
  );
  const active = new Gauge({
    name: 'fieldgate_subscriptions_active',
    help: 'Open subscriptions',
    registers,
  });
  const started = counter('fieldgate_subscriptions_started_total', 'Subscriptions opened');
  const ended = labelled('fieldgate_subscriptions_ended_total', 'Subscriptions ended', 'reason');
  const sent = counter('fieldgate_subscription_events_sent_total', 'Events sent to clients');
  const skipped = counter(
    'fieldgate_subscription_events_skipped_total',
    'Events that a slow client skipped because a newer one replaced them',
  );
  const dropped = counter(
    'fieldgate_subscription_events_dropped_total',
    'Events dropped when the subscription of a slow client was ended',
  );
  const polls = labelled('fieldgate_polls_total', 'Polls of the Demand API for subscriptions', 'result');
  const deliveries = labelled('fieldgate_webhook_deliveries_total', 'Webhook deliveries', 'result');

  const bounds = new OperationBounds();
  return {
    operation({ name, type = 'unknown', client = '', outcome, seconds }) {
      const { client: who, ...labels } = bounds.admit({
        operation: shownName(name ?? (type === 'unknown' ? 'unknown' : 'anonymous')),
        type,
        client: shownName(client),
      });
      operations.inc({ ...labels, client: who, outcome: OUTCOMES.has(outcome) ? outcome : 'OTHER' });
      if (seconds !== undefined) durations.observe(labels, seconds);
    },
    upstreamAttempt({ method, template, attempt, status, seconds }) {
      const operation = `${method} ${template}`;
      attempts.inc({ operation, status: String(status), attempt: String(Math.min(attempt, MAX_ATTEMPT)) });
      attemptDurations.observe({ operation }, seconds);
    },
    retried: () => {
      retries.inc();
    },
    retryBudgetExhausted: () => {
      exhausted.inc();
    },
    failedFast: () => {
      failedFast.inc();
    },
    cooldownStarted: () => {
      cooldowns.inc();
    },
    cacheRead: (result) => {
      cache.inc({ result });
    },
    readShared: () => {
      shared.inc();
    },
    loaderBatch: (size) => {
      batches.observe(size);
    },
    subscriptionStarted: () => {
      started.inc();
      active.inc();
    },
    subscriptionEnded: (reason) => {
      ended.inc({ reason });
      active.dec();
    },
    eventSent: () => {
      sent.inc();
    },
    eventSkipped: () => {
      skipped.inc();
    },
    eventsDropped: (count) => {
      dropped.inc(count);
    },
    polled: (result) => {
      polls.inc({ result });
    },
    webhookDelivery: (result) => {
      deliveries.inc({ result });
    },
  };
}
