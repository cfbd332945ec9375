import type { FastifyInstance } from 'fastify';
import type { BreakerStates } from '../upstream/resilience/breakers.js';

export interface HealthDeps {
  readonly isClosing: () => boolean;
  readonly breakers: () => BreakerStates;
}

/** What `/readyz` tells; 503 while the process closes, else 200. */
interface Readiness {
  readonly status: 'ready' | 'not ready';
  /** `unavailable`: no call goes out; `degraded`: none of `failing`; apart from probes. */
  readonly demandApi: 'available' | 'degraded' | 'unavailable';
  /** Calls whose breaker is open, e.g. `GET /demand/accounts/{account_id}/projects`. */
  readonly failing: readonly string[];
}

/**
 * `/healthz` says that the process lives, `/readyz` whether to send it requests. Neither makes an upstream call.
 *
 * An open breaker does not make it "not ready": all replicas would be taken away at once when the API is down, and with
 * them the errors that tell clients so.
 */
export function serveHealth(app: FastifyInstance, { isClosing, breakers }: HealthDeps): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { connections, paths } = breakers();
    const readiness: Readiness = {
      status: isClosing() ? 'not ready' : 'ready',
      demandApi: connections ? 'unavailable' : paths.length > 0 ? 'degraded' : 'available',
      failing: paths,
    };
    return reply.code(isClosing() ? 503 : 200).send(readiness);
  });
}
