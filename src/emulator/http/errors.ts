import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import type { ErrorObject } from 'ajv';
import type { InvalidParam } from '../../contract/demand-api.js';
import type { HttpResponse } from './response.js';
import { badRequest, internalError, Problem } from './problem.js';

/** Maps anything that was thrown to the response that the client gets. */
export function errorResponse(error: unknown, log: FastifyBaseLogger): HttpResponse {
  if (error instanceof Problem) return error.response;
  if (isClientError(error)) return badRequest(error.message, invalidParamsIn(error)).response;
  log.error({ err: error }, 'unexpected error');
  return internalError().response;
}

/** Sends an error outside of an `ApiRequest`: before one has started, and in the control surface. */
export function sendError(error: unknown, reply: FastifyReply, log: FastifyBaseLogger): void {
  const { status, body } = errorResponse(error, log);
  reply.code(status).send(body);
}

/** Fastify's own client errors: a body that is too large or malformed, a parameter that does not match its schema. */
function isClientError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  );
}

/** Lists the schema violations by parameter name or property path. */
function invalidParamsIn(error: Error): InvalidParam[] {
  const { validation } = error as { readonly validation?: readonly ErrorObject[] };
  return (validation ?? []).map(({ instancePath, keyword, params, message }) => {
    const path = instancePath.split('/').slice(1);
    if (keyword === 'required') path.push((params as { missingProperty: string }).missingProperty);
    return { name: path.join('.') || 'body', reason: message ?? 'is not valid' };
  });
}
