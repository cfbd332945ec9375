import type { FastifyInstance } from 'fastify';
import { timestamp } from '../clock.js';
import { validateWebhookFault, type WebhookFault, type WebhookFaults } from '../faults/webhook-faults.js';
import { badRequest } from '../http/problem.js';
import type { Database } from '../store/database.js';
import { listDeliveries } from '../store/deliveries.js';
import { webhookFaultSchema } from './schemas.js';

export const webhooksIndex = {
  'GET /deliveries':
    'the newest 10,000 deliveries to webhooks, in the order of their events, with their states',
  'GET /webhook-faults': 'the active faults of deliveries; DELETE removes them',
  'POST /webhook-faults':
    '{"share": 0.2, "lose": true}, or "delay_ms": 500, "duplicate": 1, "reorder_within_ms": 1000, "forge": true, ' +
    '"stale_seconds": 600; for "times", a "webhook_id" or a "type"',
};

const MAX_DELIVERIES = 10_000;

/** Serves the part of the control surface that shows deliveries to webhooks and makes them misbehave. */
export function serveWebhookControl(app: FastifyInstance, database: Database, faults: WebhookFaults): void {
  app.get('/deliveries', async () => ({
    deliveries: listDeliveries(database, MAX_DELIVERIES).map((delivery) => ({
      ...delivery,
      created_at: timestamp(delivery.created_at),
      next_attempt_at: delivery.next_attempt_at === null ? null : timestamp(delivery.next_attempt_at),
    })),
  }));

  app.get('/webhook-faults', async () => ({ faults: faults.list() }));
  app.post<{ Body: WebhookFault }>(
    '/webhook-faults',
    { schema: { body: webhookFaultSchema } },
    async ({ body }, reply) => {
      const flaw = validateWebhookFault(body);
      if (flaw !== undefined) throw badRequest(flaw);
      faults.add(body);
      return reply.code(201).send(body);
    },
  );
  app.delete('/webhook-faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
}
