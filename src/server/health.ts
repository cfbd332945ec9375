import type { FastifyInstance } from 'fastify';

/** `/healthz` says that the process lives, `/readyz` whether to send it requests. Neither makes an upstream call. */
export function serveHealth(app: FastifyInstance, isReady: () => boolean): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) =>
    isReady() ? reply.send({ status: 'ready' }) : reply.code(503).send({ status: 'not ready' }),
  );
}
