import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from './problem.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/**
 * Reads JSON bodies. An empty body is none, whatever its content type: an action is often sent with `Content-Length: 0` and a
 * type that a client sets by habit.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, text: string) => {
    if (text === '') return undefined;
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw badRequest('The body must be JSON.');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw badRequest('The body is not valid JSON.');
    }
  });
}
