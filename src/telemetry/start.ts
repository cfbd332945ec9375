import type { Logger } from './logger.js';
import type { Metrics } from './metrics/metrics.js';
import type { Tracer } from './tracer.js';
import type { OtlpOptions } from './otlp-tracer.js';

export interface TelemetryOptions {
  readonly production: boolean;
  readonly workers: number;
  readonly telemetry: {
    readonly metricsPort: number | undefined;
    readonly tracing: Omit<OtlpOptions, 'logger'> | undefined;
  };
}

interface Telemetry {
  /** Undefined if they are not served. */
  readonly metrics: Metrics | undefined;
  /** Undefined without a collector. */
  readonly tracer: Tracer | undefined;
}

/** Starts metrics and tracing as configured. Their packages are loaded only if needed. */
export async function startTelemetry(
  { production, workers, telemetry: { metricsPort, tracing } }: TelemetryOptions,
  logger: Logger,
): Promise<Telemetry> {
  const isRead = metricsPort !== undefined || (!production && workers === 1);
  return {
    metrics: isRead
      ? (await import('./metrics/metrics.js')).createMetrics({ isScraped: metricsPort !== undefined })
      : undefined,
    tracer: tracing && (await import('./otlp-tracer.js')).createOtlpTracer({ ...tracing, logger }),
  };
}
