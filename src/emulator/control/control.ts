import type { FastifyInstance } from 'fastify';
import { timestamp, type Clock } from '../clock.js';
import { sendError } from '../http/errors.js';
import type { ControlState } from '../http/api-request.js';
import { badRequest, forbidden, notFound } from '../http/problem.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { validateRule, type FaultRule } from '../faults/rule.js';
import type { WebhookFaults } from '../faults/webhook-faults.js';
import type { Services } from '../services.js';
import type { Simulator } from '../simulator/simulator.js';
import { listEffects } from '../store/effects.js';
import { identityIndex, serveIdentityControl } from './identity.js';
import { respondentsIndex, serveRespondentControl } from './respondents.js';
import { clockSchema, faultSchema } from './schemas.js';
import { serveWebhookControl, webhooksIndex } from './webhooks.js';

export const CONTROL_PATH = '/__emulator';

const index = {
  'POST /reset':
    'resets the data, clock, faults, requests, effects, deliveries, respondents and token lifetimes; signing keys stay',
  'GET /clock': "the emulator's time",
  'POST /clock': '{"advance_ms": 60000} or {"now": "2026-01-01T00:00:00.000Z"}',
  'GET /requests': 'the newest 10,000 requests; DELETE clears them',
  'GET /effects': 'every state change and every created job, in order',
  'GET /faults': 'the active fault rules; DELETE removes them',
  'POST /faults': '{"path": "/pause$", "times": 1, "status": 503}',
  ...respondentsIndex,
  ...webhooksIndex,
  ...identityIndex,
};

/** What only the control surface acts on. */
interface ControlActions {
  readonly simulator: Simulator;
  readonly webhookFaults: WebhookFaults;
  readonly reset: () => void;
}

/**
 * Serves the control surface, through which tests and developers inspect the API and make it misbehave. Bodies are
 * validated without coercion; invalid ones get a 400 in the API's own format.
 */
export function serveControl(
  app: FastifyInstance,
  services: Services,
  { faults, requests }: ControlState,
  { simulator, webhookFaults, reset }: ControlActions,
): void {
  const { database, clock, issuer } = services;
  // Prevents DNS rebinding: a page in a browser must not reach this through a host name of its own.
  app.addHook('onRequest', async (request) => {
    if (!isLoopback(request.hostname)) throw forbidden('Only loopback host names are accepted.');
  });
  app.setErrorHandler((error, request, reply) => sendError(error, reply, request.log));
  app.setNotFoundHandler((request, reply) => sendError(notFound('The path'), reply, request.log));

  app.get('/', async () => index);

  app.post('/reset', async () => {
    reset();
    return {};
  });

  serveClock(app, clock);
  app.get('/requests', async () => ({
    requests: requests.list().map((request) => ({ ...request, at: timestamp(request.at) })),
  }));
  app.delete('/requests', async (_request, reply) => {
    requests.clear();
    return reply.code(204).send();
  });

  app.get('/effects', async () => ({
    effects: listEffects(database).map((effect) => ({ ...effect, at: timestamp(effect.at) })),
  }));

  serveFaults(app, faults);
  serveRespondentControl(app, services, simulator);
  serveWebhookControl(app, database, webhookFaults);
  serveIdentityControl(app, issuer);
}

function serveClock(app: FastifyInstance, clock: Clock): void {
  app.get('/clock', async () => ({ now: timestamp(clock.now()) }));
  app.post<{ Body: { now: string } | { advance_ms: number } }>(
    '/clock',
    { schema: { body: clockSchema } },
    async ({ body }) => {
      if ('now' in body) clock.set(Date.parse(body.now));
      else clock.advance(body.advance_ms);
      return { now: timestamp(clock.now()) };
    },
  );
}

function serveFaults(app: FastifyInstance, faults: FaultRules): void {
  app.get('/faults', async () => ({ faults: faults.list() }));
  app.post<{ Body: FaultRule }>('/faults', { schema: { body: faultSchema } }, async ({ body }, reply) => {
    const flaw = validateRule(body);
    if (flaw !== undefined) throw badRequest(flaw);
    faults.add(body);
    return reply.code(201).send(body);
  });
  app.delete('/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
