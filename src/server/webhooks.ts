import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedEventError } from '../events/webhooks/cloud-event.js';
import { SignatureError, type SignatureFault, type WebhookIntake } from '../events/webhooks/intake.js';
import { requirePlainText } from '../operations/negotiation.js';
import { noRecorder, type Recorder } from '../telemetry/recorder.js';
import { RequestError } from '../operations/request-error.js';
import { BodyReader } from './http/body-reader.js';
import { reject } from './http/errors.js';

/** An event has some 1 KB. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_UNFINISHED_BODY_BYTES = 32 * MAX_BODY_BYTES;

/** CloudEvents' HTTP binding, 3.2. The type of a batch is another one. */
const CONTENT_TYPE = /^application\/(?:cloudevents\+)?json[\t ]*(?:;|$)/i;

const MESSAGES: Readonly<Record<SignatureFault, string>> = {
  missing: 'The request has no `Cint-Signature` header.',
  malformed: 'The `Cint-Signature` header must have the form `t=<unix seconds>,v1=<hex>`.',
  stale: 'The time in the `Cint-Signature` header is more than five minutes off.',
  forged: 'The `Cint-Signature` header does not match the body.',
};

/** Serves deliveries of the Demand API's notification webhooks, as CloudEvents in structured mode, at `/webhooks/demand`. */
export function serveWebhooks(
  app: FastifyInstance,
  intake: WebhookIntake,
  recorder: Pick<Recorder, 'webhookDelivery'> = noRecorder,
): void {
  const bodies = new BodyReader({ maxBytes: MAX_BODY_BYTES, maxUnfinishedBytes: MAX_UNFINISHED_BODY_BYTES });
  app.post('/webhooks/demand', async (request, reply) => {
    try {
      requireEvent(request);
      const body = () => bodies.readBytes(request.raw, reply.raw);
      recorder.webhookDelivery(await intake.receive(signatureOf(request), body));
      return await reply.code(204).send();
    } catch (error) {
      recorder.webhookDelivery(faultOf(error));
      return rejectDelivery(request, reply, error);
    }
  });
}

function requireEvent({ headers }: FastifyRequest): void {
  if (!CONTENT_TYPE.test(headers['content-type'] ?? '')) {
    throw new RequestError(
      415,
      'The `Content-Type` of the request must be `application/cloudevents+json` or `application/json`.',
    );
  }
  requirePlainText(headers);
}

/** Node.js joins headers of the same name, which no signature survives. */
function signatureOf({ headers }: FastifyRequest): string | undefined {
  return headers['cint-signature']?.toString();
}

/** Why a delivery was not taken, in one word. */
function faultOf(error: unknown): string {
  if (error instanceof SignatureError) return `signature-${error.fault}`;
  if (error instanceof MalformedEventError || error instanceof RequestError) return 'malformed';
  return 'failed';
}

function rejectDelivery(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof RequestError) return reject(request, reply, error);
  if (error instanceof MalformedEventError) {
    return reject(request, reply, new RequestError(400, error.message));
  }
  if (error instanceof SignatureError) {
    return reject(
      request,
      reply,
      new RequestError(401, MESSAGES[error.fault], {
        code: 'UNAUTHENTICATED',
        // RFC 9110, 15.5.2
        headers: { 'www-authenticate': 'Cint-Signature' },
      }),
    );
  }
  throw error;
}
