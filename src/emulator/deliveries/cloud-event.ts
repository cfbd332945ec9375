import type { WebhookEventType } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import type { EventRecord } from '../store/events.js';

/** The media type of an event in structured mode (CloudEvents 1.0, HTTP protocol binding, 3.2). */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json';

const TYPES: Readonly<Record<WebhookEventType, string>> = {
  'target-group-updated': 'com.cint.target-group.updated',
  'quota-fill-registered': 'com.cint.quota-fill.registered',
  'session-updated': 'com.cint.session.updated',
};

/** The body of an event's deliveries, the same in each attempt: receivers know repetitions by `source` and `id`. */
export function cloudEventOf({ id, accountId, type, data, occurredAt }: EventRecord): string {
  return JSON.stringify({
    id,
    specversion: '1.0',
    source: `/accounts/${accountId}`,
    type: TYPES[type],
    time: timestamp(occurredAt),
    datacontenttype: 'application/json',
    dataschema: `https://schemas.example.org/demand/${type}.json`,
    data,
  });
}
