import type { FastifyInstance } from 'fastify';

/** Watches the requests of a server. @returns waits until those that are under way when it is called have their answers */
export function watchRequests(app: FastifyInstance): () => Promise<void> {
  let came = 0;
  const underWay = new Set<number>();
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();
  const answered = (number: number) => {
    underWay.delete(number);
    for (const waiter of waiting) {
      if (oldest(underWay) <= waiter.until) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  };
  app.addHook('onRequest', (_request, { raw }, done) => {
    const number = (came += 1);
    underWay.add(number);
    raw.once('close', () => {
      answered(number);
    });
    done();
  });
  return () =>
    new Promise((resolve) => {
      if (underWay.size === 0) resolve();
      else waiting.add({ until: came, resolve });
    });
}

/** A `Set` keeps the order in which its members came. */
function oldest(numbers: ReadonlySet<number>): number {
  for (const number of numbers) return number;
  return Infinity;
}
