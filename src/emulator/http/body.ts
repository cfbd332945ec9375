import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from './problem.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/**
 * Parses JSON bodies. An empty body counts as absent regardless of its content type, because many clients send an
 * action with `Content-Length: 0` and a default content type.
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
