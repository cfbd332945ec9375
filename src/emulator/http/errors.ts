import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import type { ErrorObject } from 'ajv';
import type { InvalidParam } from '../../contract/demand-api.js';
import type { HttpAnswer } from './answer.js';
import { badRequest, internalError, Problem } from './problem.js';

/** What a client sees of anything that was thrown. */
export function answerTo(error: unknown, log: FastifyBaseLogger): HttpAnswer {
  if (error instanceof Problem) return error.answer;
  if (isClientError(error)) return badRequest(error.message, invalidParamsIn(error)).answer;
  log.error({ err: error }, 'unexpected error');
  return internalError().answer;
}

/** Answers an error without more ado: where there is no exchange, as before one begins and in the control surface. */
export function sendError(error: unknown, reply: FastifyReply, log: FastifyBaseLogger): void {
  const { status, body } = answerTo(error, log);
  reply.code(status).send(body);
}

/** Fastify's own refusals: a body that is too large or broken, a parameter that does not fit its schema. */
function isClientError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  );
}

/** Lists what does not match the schema, by the parameter's name or the property's path. */
function invalidParamsIn(error: Error): InvalidParam[] {
  const { validation } = error as { readonly validation?: readonly ErrorObject[] };
  return (validation ?? []).map(({ instancePath, keyword, params, message }) => {
    const path = instancePath.split('/').slice(1);
    if (keyword === 'required') path.push((params as { missingProperty: string }).missingProperty);
    return { name: path.join('.') || 'body', reason: message ?? 'is not valid' };
  });
}
