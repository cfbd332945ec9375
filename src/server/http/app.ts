import cors from '@fastify/cors';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { AllowedOrigins } from '../../config/exposure.js';
import type { Logger } from '../../telemetry/logger.js';
import { sendError, serveErrors } from './errors.js';
import type { HttpServerFactory } from './http-server.js';
import { rejectUnsupported } from './protocol.js';
import { EXPOSED_HEADERS, SECURITY_HEADERS, sharedResponseHeaders } from './shared-headers.js';

export interface AppOptions {
  readonly createServer: HttpServerFactory;
  /** Whether a response is the last one on its connection. */
  readonly closesConnections: () => boolean;
  /** The origins whose pages may call. */
  readonly origins: AllowedOrigins;
  readonly logger: Logger;
}

/** A Fastify instance with what its routes share: headers, CORS, and one error format. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { createServer, closesConnections, origins, logger } = options;
  // Requests are not logged, so a logger for each would only cost time.
  const loggerInstance = Object.create(logger, {
    child: { value: () => loggerInstance },
  }) as FastifyBaseLogger;
  const app: FastifyInstance = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance,
    // While the process drains, requests on open connections are still answered.
    return503OnClosing: false,
    serverFactory: createServer,
    // `createServer` checks this for each server, including the second one of `localhost`.
    clientErrorHandler: () => undefined,
    // Hooks are not called where Fastify cannot read the path.
    frameworkErrors: (error, request, reply) =>
      void sendError(error, request, reply.headers(sharedResponseHeaders(origins, request.headers.origin))),
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (!reply.hasHeader('content-security-policy')) reply.headers(SECURITY_HEADERS);
    if (closesConnections()) reply.header('connection', 'close');
    done();
  });
  await app.register(cors, {
    origin: origins === '*' ? '*' : [...origins],
    exposedHeaders: EXPOSED_HEADERS,
    methods: ['GET', 'POST'],
    maxAge: 86_400,
    // Otherwise the plugin would answer `OPTIONS` without these headers with text instead of the common error format.
    strictPreflight: false,
  });
  app.addHook('onRequest', rejectUnsupported);
  // A route that wants a body reads it itself, within bounds. Fastify would buffer the bodies of requests for unknown paths, too, and
  // reject types that it cannot parse before the route is asked.
  for (const method of app.supportedMethods) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  serveErrors(app);
  return app;
}
