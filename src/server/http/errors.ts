import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failure, rejection, type OperationResponse } from '../../operations/response/operation-response.js';
import { RequestError } from '../../operations/request/request-error.js';
import type { TraceContext } from '../../telemetry/trace-context.js';
import { pathOf } from './request-path.js';
import { traceOf } from './trace.js';

/** Gives all HTTP errors the format of operation errors: `errors` with a code and a trace id. */
export function serveErrors(app: FastifyInstance): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, new Set([...known, ...[method].flat()]));
  });
  app.setNotFoundHandler((request, reply) => reject(request, reply, notFound(request, methods)));
  app.setErrorHandler(sendError);
}

/** For requests that fail before routing. */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status >= 400 && status < 500) {
    return reject(request, reply, new RequestError(status, `${error.message}.`));
  }
  return fail(request, reply, error);
}

/** Logs a defect, and answers with the trace id that leads to the line. @param trace as for {@link reject} */
export function fail(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  { traceId }: Pick<TraceContext, 'traceId'> = traceOf(request.headers),
): FastifyReply {
  request.log.error({ err: error, traceId }, 'A request failed unexpectedly.');
  return send(reply, failure(traceId));
}

/** Rejects a request in the common error format. @param trace that the request is part of. Default: its own */
export function reject(
  request: FastifyRequest,
  reply: FastifyReply,
  error: RequestError,
  trace: Pick<TraceContext, 'traceId'> = traceOf(request.headers),
): FastifyReply {
  return send(reply, rejection(error, trace.traceId));
}

export function send(reply: FastifyReply, { status, headers, body }: OperationResponse): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function notFound(
  { method, url }: FastifyRequest,
  methods: ReadonlyMap<string, ReadonlySet<string>>,
): RequestError {
  const allowed = [...(methods.get(pathOf(url)) ?? [])].sort();
  if (allowed.length === 0)
    return new RequestError(404, 'There is nothing at this path. GraphQL is at `/graphql`.');
  return new RequestError(405, `The method ${method} is not supported here. Use ${allowed.join(' or ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
}
