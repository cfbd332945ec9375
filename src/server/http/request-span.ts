import type { IncomingMessage } from 'node:http';
import type { TraceContext } from '../../telemetry/trace-context.js';
import type { Span, Tracer } from '../../telemetry/tracer.js';

/** The span of a request, with the attributes of OpenTelemetry's semantic conventions for HTTP servers. */
export function startRequestSpan(
  tracer: Tracer,
  { method = '', httpVersion }: Pick<IncomingMessage, 'method' | 'httpVersion'>,
  route: string,
  parent: TraceContext,
): Span {
  return tracer.start('server', `${method} ${route}`, parent, {
    'http.request.method': method,
    'http.route': route,
    'url.path': route,
    'url.scheme': 'http',
    'network.protocol.version': httpVersion,
  });
}

/** 4xx are not errors of the server. */
export function endRequestSpan(span: Span, status: number): void {
  span.set('http.response.status_code', status);
  if (status >= 500) span.fail(String(status));
  span.end();
}
