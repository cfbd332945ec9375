import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { atMostEvery } from './at-most-every.js';
import type { Logger } from './logger.js';

/** A collector that is down is logged at most so often, in milliseconds. */
const WARN_EVERY_MS = 60_000;

/** The messages of the SDK can hold headers, which are secret, so that none is logged. */
export function reportFailures(exporter: SpanExporter, collector: string, logger: Logger): SpanExporter {
  const warn = atMostEvery(WARN_EVERY_MS, (error: Error, spans: number) => {
    logger.warn({ collector, reason: reasonOf(error), spans }, 'Traces cannot be sent to the collector.');
  });
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined) warn(result.error, spans.length);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush !== undefined && {
      forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    }),
  };
}

/** The status of the collector's answer, or the code of what failed, e.g. `ECONNREFUSED`. Undefined where neither is known. */
function reasonOf(error: Error): string | undefined {
  for (const each of [error, error.cause]) {
    const { code } = (each ?? {}) as { readonly code?: unknown };
    if (typeof code === 'number') return `status ${code}`;
    if (typeof code === 'string' && /^[A-Z][A-Z\d_]+$/.test(code)) return code;
  }
  return undefined;
}
