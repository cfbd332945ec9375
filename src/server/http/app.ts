import cors from '@fastify/cors';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Logger } from '../../telemetry/logger.js';
import { sendError, serveErrors } from './errors.js';
import type { HttpServerFactory } from './http-server.js';

export interface AppOptions {
  readonly createServer: HttpServerFactory;
  /** Whether the gateway is closing, and wants no further request on a connection. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/** A Fastify instance with what all of its routes share: headers, CORS, and one form of errors. */
export async function createApp({ createServer, isClosing, logger }: AppOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = logger;
  const app: FastifyInstance = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance,
    // Nothing is logged by request, so that a logger for each would only cost time.
    childLoggerFactory: (parent) => parent,
    // While the process drains, requests on open connections are still answered.
    return503OnClosing: false,
    serverFactory: createServer,
    // `createServer` has one for each server, also for the second one of `localhost`.
    clientErrorHandler: () => undefined,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Responses depend on the caller's credential, and are not to be guessed at.
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    if (isClosing()) reply.header('connection', 'close');
    done();
  });
  // No cookie and no other ambient credential counts, so any origin may call.
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'POST'],
    exposedHeaders: ['retry-after'],
    maxAge: 86_400,
  });
  serveErrors(app);
  return app;
}
