import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MalformedEventError } from '../events/webhooks/cloud-event.js';
import {
  SignatureError,
  type SignatureFault,
  type WebhookReceiver,
} from '../events/webhooks/webhook-receiver.js';
import { requirePlainText } from '../operations/request/negotiation.js';
import { noRecorder, type Recorder } from '../telemetry/recorder.js';
import { ClientGoneError, RequestError } from '../operations/request/request-error.js';
import type { Tracer } from '../telemetry/tracer.js';
import { BodyReader } from './http/body-reader.js';
import { fail, reject } from './http/errors.js';
import { endRequestSpan, startRequestSpan } from './http/request-span.js';
import { traceOf } from './http/trace.js';

/** An event has about 1 KB. */
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

const PATH = '/webhooks/demand';

export interface WebhookRouteOptions {
  readonly receiver: WebhookReceiver;
  /** Default: records nothing. */
  readonly recorder?: Pick<Recorder, 'webhookDelivery'>;
  /** Default: no tracing. */
  readonly tracer?: Tracer | undefined;
}

/** Serves deliveries of the Demand API's notification webhooks, as CloudEvents in structured mode, at `/webhooks/demand`. */
export function serveWebhooks(
  app: FastifyInstance,
  { receiver, recorder = noRecorder, tracer }: WebhookRouteOptions,
): void {
  const bodies = new BodyReader({ maxBytes: MAX_BODY_BYTES, maxUnfinishedBytes: MAX_UNFINISHED_BODY_BYTES });
  app.post(PATH, async (request, reply) => {
    const received = traceOf(request.headers);
    const span = tracer && startRequestSpan(tracer, request.raw, PATH, received);
    const trace = span?.trace ?? received;
    const finish = (result: string, status: number) => {
      recorder.webhookDelivery(result);
      if (span === undefined) return;
      span.set('fieldgate.webhook.result', result);
      endRequestSpan(span, status);
    };
    try {
      requireEvent(request);
      const body = () => bodies.readBytes(request.raw, reply.raw);
      finish(await receiver.receive(signatureOf(request), body), 204);
      return await reply.code(204).send();
    } catch (error) {
      const rejected = rejectionOf(error);
      finish(faultOf(error), rejected?.status ?? 500);
      if (rejected === undefined) return fail(request, reply, error, trace);
      return reject(request, reply, rejected, trace);
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

/** Node.js joins headers of the same name, which makes the signature malformed. */
function signatureOf({ headers }: FastifyRequest): string | undefined {
  return headers['cint-signature']?.toString();
}

/** Why a delivery was rejected, as a metric label. */
function faultOf(error: unknown): string {
  if (error instanceof SignatureError) return `signature-${error.fault}`;
  if (error instanceof ClientGoneError) return 'incomplete';
  // The body reader has no room: a fault of the gateway's load, not of the sender.
  if (error instanceof RequestError && error.status === 503) return 'overloaded';
  if (error instanceof MalformedEventError || error instanceof RequestError) return 'malformed';
  return 'failed';
}

/** @returns undefined for a defect */
function rejectionOf(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  if (error instanceof MalformedEventError) return new RequestError(400, error.message);
  if (!(error instanceof SignatureError)) return undefined;
  return new RequestError(401, MESSAGES[error.fault], {
    code: 'UNAUTHENTICATED',
    // RFC 9110, 15.5.2
    headers: { 'www-authenticate': 'Cint-Signature' },
  });
}
