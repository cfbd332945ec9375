import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics/metrics.js';
import { serveMetricsAlone, type MetricsServer } from '../telemetry/metrics/metrics-server.js';

/**
 * Serves `/metrics` on `METRICS_PORT` if that is set, and outside production also on `PORT`. With `WORKERS`, only the primary
 * serves it, for all workers.
 *
 * @returns the server of `METRICS_PORT`
 */
export async function serveMetrics(
  app: FastifyInstance,
  metrics: Metrics,
  logger: Logger,
  {
    production,
    workers,
    host,
    telemetry: { metricsPort },
  }: Pick<Config, 'production' | 'workers' | 'host' | 'telemetry'>,
): Promise<MetricsServer | undefined> {
  if (workers > 1) return undefined;
  if (!production) {
    app.get('/metrics', async (_request, reply) => {
      const { contentType, body } = await metrics.exposition();
      return reply.type(contentType).send(body);
    });
  }
  if (metricsPort === undefined) return undefined;
  return await serveMetricsAlone(metricsPort, host, () => metrics.exposition(), logger);
}
