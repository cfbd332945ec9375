import { randomBytes } from 'node:crypto';
import { WebhookEventType, type Webhook } from '../../contract/demand-api.js';
import { timestamp } from '../clock.js';
import { etagOf, matchesVersion, parseTags } from '../http/etag.js';
import { readPage } from '../http/page.js';
import { forbidden, invalidParam } from '../http/problem.js';
import { objectSchema, pageParameters } from '../http/schemas.js';
import type { Services } from '../services.js';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  updateWebhook,
  type WebhookRecord,
} from '../store/webhooks.js';
import { changeableWebhookAt, eventTypes, webhookAt } from './find-webhook.js';
import type { Call, RouteTable } from './route.js';

const FIRST_VERSION = 1;
const url = { type: 'string', format: 'uri', pattern: '^https?://' } as const;
const events = { ...eventTypes, minItems: 1, uniqueItems: true } as const;

export const webhookRoutes = {
  'GET /accounts/{account_id}/webhooks': {
    query: objectSchema(pageParameters),
    handle: ({ path, query }, { database }) => {
      const request = readPage(query, (id) => findWebhook(database, path.account_id, id) !== undefined);
      const page = listWebhooks(database, path.account_id, request);
      return { status: 200, body: { webhooks: page.items.map(view), has_more: page.hasMore } };
    },
  },

  'POST /accounts/{account_id}/webhooks': {
    body: objectSchema({ url, events }, ['url', 'events']),
    handle: ({ path, body, now }, { database, newId }) => {
      const webhook: WebhookRecord = {
        id: newId(),
        accountId: path.account_id,
        url: body.url,
        events: body.events,
        secret: newSecret(),
        version: FIRST_VERSION,
        createdAt: now,
        updatedAt: now,
      };
      insertWebhook(database, webhook);
      return { status: 201, body: { ...view(webhook), secret: webhook.secret } };
    },
  },

  'GET /accounts/{account_id}/webhooks/{webhook_id}': {
    invalidIsNotFound: true,
    handle: ({ path }, services) => {
      const webhook = webhookAt(services, path);
      return { status: 200, headers: { etag: etagOf(webhook.version) }, body: view(webhook) };
    },
  },

  'PUT /accounts/{account_id}/webhooks/{webhook_id}': {
    body: objectSchema({ url, events }),
    handle: ({ path, body, header, now }, services) => {
      const webhook = changeableWebhookAt(services, path);
      // The contract documents no 412 here.
      if (!isCurrent(header, webhook)) throw invalidParam('If-Match', 'is not the current version');
      const changed = change(services, webhook, { ...body, updatedAt: now });
      const key = header('idempotency-key');
      return {
        status: 200,
        headers: { etag: etagOf(changed.version), ...(key !== undefined && { 'idempotency-key': key }) },
        body: view(changed),
      };
    },
  },

  'DELETE /accounts/{account_id}/webhooks/{webhook_id}': {
    invalidIsNotFound: true,
    handle: ({ path, header }, services) => {
      const webhook = webhookAt(services, path);
      // The contract documents neither 412 nor 400 here.
      if (!isCurrent(header, webhook)) throw forbidden('If-Match is not the current version.');
      deleteWebhook(services.database, webhook.id);
      return { status: 204 };
    },
  },

  'POST /accounts/{account_id}/webhooks/{webhook_id}/regenerate-secret': {
    handle: ({ path, now }, services) => {
      const webhook = changeableWebhookAt(services, path);
      const changed = change(services, webhook, { secret: newSecret(), updatedAt: now });
      return { status: 200, body: { ...view(changed), secret: changed.secret } };
    },
  },

  'GET /accounts/{account_id}/webhooks-events': {
    handle: () => ({ status: 200, body: { events: Object.values(WebhookEventType) } }),
  },
} satisfies Partial<RouteTable>;

function isCurrent(header: Call['header'], webhook: WebhookRecord): boolean {
  const ifMatch = header('if-match');
  return ifMatch === undefined || matchesVersion(parseTags('If-Match', ifMatch), webhook.version);
}

function change(
  { database }: Services,
  webhook: WebhookRecord,
  changes: Partial<Pick<WebhookRecord, 'url' | 'events' | 'secret' | 'updatedAt'>>,
): WebhookRecord {
  const changed = { ...webhook, ...changes, version: webhook.version + 1 };
  updateWebhook(database, changed);
  return changed;
}

function view(webhook: WebhookRecord): Webhook {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    created_at: timestamp(webhook.createdAt),
    updated_at: timestamp(webhook.updatedAt),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64');
}
