import type { FastifyReply, FastifyRequest } from 'fastify';
import { forwardedPrincipal } from '../auth/principal.js';
import type { Caller } from '../context.js';
import { continueTrace } from '../telemetry/trace-context.js';
import { Cancellation } from '../upstream/cancellation.js';

/** Who sent a request, within which trace, and whether they are still there. */
export function callerOf({ headers }: FastifyRequest, { raw }: FastifyReply): Caller {
  const gone = new Cancellation();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.cancel();
  });
  return {
    principal: forwardedPrincipal(headers.authorization),
    trace: continueTrace(single(headers['traceparent']), joined(headers['tracestate'])),
    gone,
  };
}

/** A `traceparent` that came more than once is invalid (W3C Trace Context, 3.2). */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A `tracestate` that came more than once is one list (W3C Trace Context, 3.3.1). */
function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}
