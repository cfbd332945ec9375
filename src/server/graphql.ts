import { Readable } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
  app.route({ method: ['GET', 'POST'], url: GRAPHQL_PATH, handler, errorHandler: refuseRequest });
}

/** What is wrong with a request that Apollo Server never gets to see, in words for a client; by Fastify's codes. */
const REFUSALS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The request has no body. It must be a JSON object with a `query`.',
  FST_ERR_CTP_INVALID_JSON_BODY:
    'The body of the request is not valid JSON, or has a property `__proto__` or `constructor.prototype`, which is not allowed.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body of the request is too large. At most 1 MiB is allowed.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The `Content-Type` of the request must be `application/json`.',
};

/** GraphQL clients look for `errors`, whatever the status (GraphQL over HTTP, 6.4). */
function refuseRequest(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const message = REFUSALS[error.code];
  if (message === undefined) throw error;
  const extensions = { code: 'BAD_USER_INPUT', retryable: false };
  void reply.code(error.statusCode ?? 400).send({ errors: [{ message, extensions }] });
}
