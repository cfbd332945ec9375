import { Readable } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { RequestContext } from '../context.js';
import type { Exchange } from './http/exchange.js';
import { NodeExchange } from './http/node-exchange.js';
import { GRAPHQL_PATH } from './http/path.js';

/** Serves what GraphQL over HTTP has beside plain operations at `/graphql`, by Apollo's HTTP layer. */
export function serveGraphQL(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  contextOf: (exchange: Exchange) => RequestContext,
): void {
  const handler = fastifyApolloHandler(apollo, {
    context: (request, reply) => Promise.resolve(contextOf(NodeExchange.of(request.raw, reply.raw))),
  });
  app.addHook('preParsing', (request, reply, payload, done) => {
    const body = NodeExchange.of(request.raw, reply.raw).readSoFar;
    done(null, body === undefined ? payload : Readable.from([body], { objectMode: false }));
  });
  app.route({ method: ['GET', 'POST'], url: GRAPHQL_PATH, handler });
}
