import type { ErrorExtensions } from '../../graphql/errors/format-error.js';
import { continueTrace } from '../../telemetry/trace-context.js';
import type { Exchange } from '../http/exchange.js';
import { responseType } from '../http/media-type.js';

const RETRY_AFTER_SECONDS = 1;

/**
 * Answers that the gateway has too much to do, 503 as a GraphQL answer. Nothing of the request's body is read, so a
 * mutation was certainly not made. It is written past Fastify, since it has to cost less than what it spares.
 */
export function refuse(exchange: Exchange, closing: boolean): void {
  const { accept, traceparent } = exchange.fields;
  const body = JSON.stringify({ errors: [error(traceparent)] });
  exchange.answer({
    status: 503,
    contentType: responseType(accept) ?? 'application/json; charset=utf-8',
    body,
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    closing,
  });
}

function error(traceparent: string | undefined) {
  const extensions: ErrorExtensions & { readonly traceId: string } = {
    code: 'RATE_LIMITED',
    retryable: true,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    traceId: continueTrace(traceparent, undefined).traceId,
  };
  return { message: 'The gateway is overloaded, and did nothing.', extensions };
}
