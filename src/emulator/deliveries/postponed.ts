import type { WebhookFault } from '../faults/webhook-faults.js';
import type { DeliveryKey } from '../store/deliveries.js';

interface Entry {
  readonly key: DeliveryKey;
  readonly fault: WebhookFault;
}

/** Deliveries that a fault has put off. Their fault is drawn already, so it is not drawn again when they are due. */
export class PostponedDeliveries {
  readonly #entries = new Map<string, Entry>();

  add(key: DeliveryKey, fault: WebhookFault): void {
    this.#entries.set(textOf(key), { key, fault });
  }

  /** Removes a delivery and returns its fault; undefined if it was not put off. */
  take(key: DeliveryKey): WebhookFault | undefined {
    const text = textOf(key);
    const fault = this.#entries.get(text)?.fault;
    this.#entries.delete(text);
    return fault;
  }

  /** The deliveries to a webhook that wait for another one to overtake them. */
  waitingToBeOvertaken(webhookId: string): DeliveryKey[] {
    return [...this.#entries.values()]
      .filter(({ key, fault }) => key.webhookId === webhookId && fault.reorder_within_ms !== undefined)
      .map(({ key }) => key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

function textOf({ webhookId, eventSequence }: DeliveryKey): string {
  return `${webhookId} ${eventSequence}`;
}
