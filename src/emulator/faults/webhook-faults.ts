import type { WebhookEventType } from '../../contract/demand-api.js';
import { RuleList, type RuleLimits } from './rule-list.js';

/**
 * A fault of webhook deliveries, as the control surface accepts it. It is drawn for each attempt; several of its
 * effects can be combined, except that what is lost is not sent in any way.
 */
export interface WebhookFault extends RuleLimits {
  /** The webhook to match. Default: any. */
  readonly webhook_id?: string;
  /** The type of event to match. Default: any. */
  readonly type?: WebhookEventType;
  /** Sends nothing, and counts the delivery as delivered. */
  readonly lose?: boolean;
  /** Sends it this many milliseconds later. Later events do not wait for it. */
  readonly delay_ms?: number;
  /** Sends it this many times more. */
  readonly duplicate?: number;
  /** Sends it after the next delivery to the same webhook, or after this many milliseconds if there is none. */
  readonly reorder_within_ms?: number;
  /** Signs it with another key. */
  readonly forge?: boolean;
  /** Signs it, correctly, as of this many seconds ago. */
  readonly stale_seconds?: number;
}

interface Delivery {
  readonly webhookId: string;
  readonly type: WebhookEventType;
}

const EFFECTS = ['lose', 'delay_ms', 'duplicate', 'reorder_within_ms', 'forge', 'stale_seconds'] as const;

/** Validates what the schema of a fault cannot express. @returns the problem, or undefined if it is valid */
export function validateWebhookFault(fault: WebhookFault): string | undefined {
  const effects = EFFECTS.filter((name) => fault[name] !== undefined && fault[name] !== false);
  if (effects.length === 0) return `One of ${EFFECTS.join(', ')} is required.`;
  if (fault.lose === true && effects.length > 1) return 'What is lost cannot have another effect.';
  return undefined;
}

/** The active faults of webhook deliveries, and how often each was applied. */
export class WebhookFaults {
  readonly #rules = new RuleList<WebhookFault, Delivery>();

  add(fault: WebhookFault): void {
    const { webhook_id: wanted, type: wantedType } = fault;
    this.#rules.add(
      fault,
      ({ webhookId, type }) =>
        (wanted === undefined || wanted === webhookId) && (wantedType === undefined || wantedType === type),
    );
  }

  /** Returns the first fault that matches a delivery, and counts it as applied. */
  take(delivery: Delivery): WebhookFault | undefined {
    return this.#rules.take(delivery);
  }

  list(): (WebhookFault & { readonly applied: number })[] {
    return this.#rules.list();
  }

  clear(): void {
    this.#rules.clear();
  }
}
