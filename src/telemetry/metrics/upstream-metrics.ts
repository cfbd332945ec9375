import type { Recorder } from '../recorder.js';
import type { Instruments } from './instruments.js';

/** Every later retry counts as this attempt. */
const MAX_ATTEMPT = 5;

const ATTEMPT_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH_SIZES = [1, 2, 5, 10, 25, 50, 100, 250];

/** Records requests to the Demand API. */
export function attemptMetrics({ counter, histogram }: Instruments): Pick<Recorder, 'upstreamAttempt'> {
  const attempts = counter(
    'fieldgate_upstream_requests_total',
    'Requests to the Demand API, retries included',
    'operation',
    'status',
    'attempt',
  );
  const durations = histogram(
    'fieldgate_upstream_request_duration_seconds',
    'Time of one request to the Demand API',
    ATTEMPT_SECONDS,
    'operation',
  );
  return {
    upstreamAttempt({ method, template, attempt, status, seconds }) {
      const operation = `${method} ${template}`;
      attempts.inc({ operation, status: String(status), attempt: String(Math.min(attempt, MAX_ATTEMPT)) });
      durations.observe({ operation }, seconds);
    },
  };
}

/** Records retries, and calls that were not made because the API is failing or limits the rate. */
export function resilienceMetrics({
  counter,
}: Instruments): Pick<Recorder, 'retried' | 'retryBudgetExhausted' | 'failedFast' | 'cooldownStarted'> {
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
  return {
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
  };
}

/** Records reads that made no full call of their own. */
export function readMetrics({
  counter,
  histogram,
}: Instruments): Pick<Recorder, 'cacheRead' | 'readShared' | 'loaderBatch'> {
  const cache = counter('fieldgate_cache_reads_total', 'Cacheable reads of the Demand API', 'result');
  const shared = counter(
    'fieldgate_upstream_shared_reads_total',
    'Reads that shared the response of an identical read in flight',
  );
  const batches = histogram('fieldgate_loader_batch_size', 'Keys in one batch of a DataLoader', BATCH_SIZES);
  return {
    cacheRead: (result) => {
      cache.inc({ result });
    },
    readShared: () => {
      shared.inc();
    },
    loaderBatch: (size) => {
      batches.observe(size);
    },
  };
}
