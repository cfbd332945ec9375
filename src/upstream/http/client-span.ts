import type { Attributes, Span } from '../../telemetry/tracer.js';

/** Whom a request is sent to, with the names of OpenTelemetry's semantic conventions for HTTP clients. */
export function serverAttributes(url: string): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

/** @param status of the response; or why there is none, e.g. `timed-out` */
export function endClientSpan(span: Span, status: number | string): void {
  if (typeof status === 'number') span.set('http.response.status_code', status);
  if (typeof status === 'string' || status >= 400) span.fail(String(status));
  span.end();
}
