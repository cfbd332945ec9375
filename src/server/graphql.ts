import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { RequestContext } from '../context.js';
import type { Exchange } from './exchange.js';
import { NodeExchange } from './node-exchange.js';
import { GRAPHQL_PATH } from './path.js';

export interface GraphQLRoutesOptions {
  readonly contextOf: (exchange: Exchange) => RequestContext;
  /** What has been read of a request's body before it came here; undefined where nothing has. */
  readonly bodyOf: (request: IncomingMessage) => Buffer | undefined;
}

/** Serves what GraphQL over HTTP has beside plain operations at `/graphql`, by Apollo's HTTP layer. */
export function serveGraphQL(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  { contextOf, bodyOf }: GraphQLRoutesOptions,
): void {
  const handler = fastifyApolloHandler(apollo, {
    context: (request, reply) => Promise.resolve(contextOf(new NodeExchange(request.raw, reply.raw))),
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const body = bodyOf(request.raw);
    done(null, body === undefined ? payload : Readable.from([body], { objectMode: false }));
  });
  app.route({ method: ['GET', 'POST'], url: GRAPHQL_PATH, handler });
}
