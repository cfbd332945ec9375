import { createServer, type RequestListener, type Server } from 'node:http';

/** Times of an HTTP server in milliseconds, as Fastify hands them to who makes its server. */
export interface HttpServerTimes {
  readonly keepAliveTimeout?: unknown;
  readonly requestTimeout?: unknown;
}

/** An HTTP server as Fastify would make it for itself. */
export function createHttpServer(
  listener: RequestListener,
  { keepAliveTimeout, requestTimeout }: HttpServerTimes,
): Server {
  const server = createServer(listener);
  server.keepAliveTimeout = Number(keepAliveTimeout);
  server.requestTimeout = Number(requestTimeout);
  return server;
}
