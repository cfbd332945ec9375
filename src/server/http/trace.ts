import type { IncomingHttpHeaders } from 'node:http';
import { continueTrace, type TraceContext } from '../../telemetry/trace-context.js';

/** The trace that a request belongs to: the client's, or a new one. */
export function traceOf({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext {
  return continueTrace(
    // More than one `traceparent` counts as none (W3C Trace Context, 3.2).
    typeof traceparent === 'string' ? traceparent : undefined,
    // Several `tracestate` headers form one list (W3C Trace Context, 3.3.1).
    Array.isArray(tracestate) ? tracestate.join(',') : tracestate,
  );
}
