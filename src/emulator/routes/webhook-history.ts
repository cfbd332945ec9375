import { SortOrder, WebhookDeliveryStatus, type WebhookEvent } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { readPage } from '../http/page.js';
import { objectSchema, pageParameters, timestampText } from '../http/schemas.js';
import { isInHistory, listHistory, type HistoryEntry } from '../store/events.js';
import { eventTypes, webhookAt } from './find-webhook.js';
import type { RouteTable } from './route.js';

export const webhookHistoryRoutes = {
  'GET /accounts/{account_id}/webhooks/{webhook_id}/events-history': {
    query: objectSchema(
      {
        ...pageParameters,
        start_time: timestampText,
        end_time: timestampText,
        created_at_sort_order: { enum: Object.values(SortOrder) },
        type: eventTypes,
        delivery_status: { type: 'array', items: { enum: Object.values(WebhookDeliveryStatus) } },
      },
      ['start_time'],
    ),
    handle: ({ path, query, now }, services) => {
      const { database } = services;
      const { id } = webhookAt(services, path);
      const page = readPage(query, (eventId) => isInHistory(database, id, eventId));
      const filter = {
        from: Date.parse(query.start_time),
        to: query.end_time === undefined ? now : Date.parse(query.end_time),
        types: query.type,
        statuses: query.delivery_status,
      };
      const order = query.created_at_sort_order ?? SortOrder.Ascending;
      const { entries, hasMore } = listHistory(database, id, filter, { ...page, order });
      const isLastPage = page.before === undefined && !hasMore;
      return {
        status: 200,
        body: {
          events: entries.map(view),
          next_cursor: isLastPage ? null : (entries.at(-1)?.id ?? null),
        },
      };
    },
  },
} satisfies Partial<RouteTable>;

/** The payload is the event's data; the history has been seen with its author in a list. */
function view({ id, type, data: { user, ...data }, status, createdAt }: HistoryEntry): WebhookEvent {
  return {
    id,
    type,
    payload: { ...data, ...(user !== undefined && { user: [user] }) },
    status,
    created_at: timestamp(createdAt),
  };
}
