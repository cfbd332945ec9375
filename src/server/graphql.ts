import type { ApolloServer, GraphQLRequest } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../context.js';
import { responseType } from './media-type.js';

/**
 * Serves GraphQL over HTTP at `/graphql`.
 *
 * Nearly all requests are one JSON object with a document. Apollo's HTTP layer would find nothing to say about these, and
 * costs more than all the rest of a small operation; they go straight to its request pipeline. Everything else (`GET`,
 * batches, persisted queries, malformed bodies, unusual headers) takes the way through that layer.
 */
export function serveGraphQL(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => RequestContext,
): void {
  const anyRequest = fastifyApolloHandler(apollo, {
    context: (request, reply) => Promise.resolve(contextOf(request, reply)),
  });
  app.get('/graphql', anyRequest);
  app.post<{ Reply: string }>('/graphql', async function (request, reply) {
    const operation = plainOperation(request);
    const contentType = responseType(request.headers.accept);
    if (operation === undefined || contentType === undefined) return anyRequest.call(this, request, reply);

    const contextValue = contextOf(request, reply);
    const { http, body } = await apollo.executeOperation(operation, { contextValue });
    if (body.kind !== 'single')
      throw new Error('An operation was answered in parts, which nobody asked for.');
    void reply.code(http.status ?? 200).header('content-type', contentType);
    for (const [name, value] of http.headers) void reply.header(name, value);
    const { errors, data, extensions } = body.singleResult;
    return `${JSON.stringify({ errors, data, extensions })}\n`;
  });
}

/** @returns undefined where Apollo's HTTP layer has to look at the request */
function plainOperation({ headers, body }: FastifyRequest): GraphQLRequest | undefined {
  if (!isObject(body) || !/^application\/json(?:;|$)/.test(headers['content-type'] ?? '')) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '') return undefined;
  if (!isAbsent(extensions)) return undefined;
  if (!isAbsent(operationName) && typeof operationName !== 'string') return undefined;
  if (!isAbsent(variables) && !isObject(variables)) return undefined;
  return {
    query,
    ...(isAbsent(operationName) ? {} : { operationName }),
    ...(isAbsent(variables) ? {} : { variables }),
  };
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
