import type { TraceContext } from '../../telemetry/trace-context.js';
import type { HttpHeaders } from './http.js';

/**
 * The headers that all calls of one operation share. Each object is serialized once, so build one per operation, not per
 * call.
 *
 * @param apiVersion sent as `Cint-API-Version`
 */
export function sharedHeaders(
  apiVersion: string,
  authorization: string,
  { traceState }: TraceContext,
): HttpHeaders {
  return {
    accept: 'application/json',
    'user-agent': 'fieldgate',
    'cint-api-version': apiVersion,
    authorization,
    ...(traceState === undefined ? {} : { tracestate: traceState }),
  };
}
