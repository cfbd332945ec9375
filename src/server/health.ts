import type { FastifyInstance } from 'fastify';
import type { BreakerStates } from '../upstream/resilience/breakers.js';

export interface HealthDeps {
  readonly isReady: () => boolean;
  readonly breakers: () => BreakerStates;
  /** Returns undefined without `REDIS_URL`. */
  readonly isRedisConnected: () => boolean | undefined;
}

/** The body of `/readyz`. Its status is 503 while the process closes, else 200. */
interface Readiness {
  readonly status: 'ready' | 'not ready';
  /** `unavailable`: all calls are paused; `degraded`: those in `failing` are; apart from probes. */
  readonly demandApi: 'available' | 'degraded' | 'unavailable';
  /** The calls whose circuit breaker is open, e.g. `GET /demand/accounts/{account_id}/projects`. */
  readonly failing: readonly string[];
  /**
   * Only with `REDIS_URL`. The gateway keeps working without Redis as far as it can, so this does not change its status.
   */
  readonly redis?: 'connected' | 'disconnected';
}

/**
 * `/healthz` says that the process is alive, `/readyz` whether to send it requests. Neither calls the Demand API or Redis.
 *
 * An open circuit breaker does not make the gateway "not ready": when the API is down, all replicas would be taken out of service
 * at once, and clients would get no errors that say why.
 */
export function serveHealth(app: FastifyInstance, { isReady, breakers, isRedisConnected }: HealthDeps): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { connections, paths } = breakers();
    const isConnected = isRedisConnected();
    const readiness: Readiness = {
      status: isReady() ? 'ready' : 'not ready',
      demandApi: connections ? 'unavailable' : paths.length > 0 ? 'degraded' : 'available',
      failing: paths,
      ...(isConnected !== undefined && { redis: isConnected ? 'connected' : 'disconnected' }),
    };
    return reply.code(isReady() ? 200 : 503).send(readiness);
  });
}
