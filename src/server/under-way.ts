import type { FastifyInstance } from 'fastify';

/** Watches the requests of a server. @returns waits until those that are under way when it is called have their answers */
export function watchRequests(app: FastifyInstance): () => Promise<void> {
  const underWay = new Set<Promise<unknown>>();
  app.addHook('onRequest', (_request, { raw }, done) => {
    const over: Promise<unknown> = new Promise((resolve) => raw.once('close', resolve)).then(() =>
      underWay.delete(over),
    );
    underWay.add(over);
    done();
  });
  return async () => {
    await Promise.all(underWay);
  };
}
