import initial from './0001-initial.js';
import traceOfEffects from './0002-trace-of-effects.js';
import apiOf20251218 from './0003-api-of-2025-12-18.js';
import signingKeys from './0004-signing-keys.js';
import webhookDeliveries from './0005-webhook-deliveries.js';

/**
 * The schema migrations in order. Append only: released migrations are never edited, because existing files have
 * applied them.
 */
export const migrations: readonly string[] = [
  initial,
  traceOfEffects,
  apiOf20251218,
  signingKeys,
  webhookDeliveries,
];
