import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace as traces,
  TraceFlags,
  type Context,
  type Span as OtelSpan,
  type SpanContext,
} from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import type { Logger } from './logger.js';
import { reportFailures } from './otlp-failures.js';
import { shownUrl } from './shown-url.js';
import type { TraceContext } from './trace-context.js';
import type { Attributes, Span, SpanKind as Kind, Tracer } from './tracer.js';

export interface OtlpOptions {
  /** The URL that spans are posted to. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Default: `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, or else `fieldgate`. */
  readonly serviceName: string | undefined;
  /** A value of `OTEL_TRACES_SAMPLER`. */
  readonly sampler: string;
  /** The fraction of traces that the `traceidratio` samplers record. */
  readonly ratio: number;
  readonly logger: Logger;
}

/** How long closing may take, in milliseconds. */
const CLOSE_MS = 2000;

const KINDS: Readonly<Record<Kind, SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
};

/**
 * Records spans with OpenTelemetry's SDK, and sends them in batches by OTLP over HTTP. Parents are passed explicitly: nothing is
 * registered globally, and no context is propagated through asynchronous calls, which would slow each of them.
 */
export function createOtlpTracer(options: OtlpOptions): Tracer {
  const { url, protocol, serviceName, sampler, ratio, logger } = options;
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const collector = shownUrl(url);
  const provider = new BasicTracerProvider({
    sampler: samplerOf(sampler, ratio),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'fieldgate' }))
      .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }))
      .merge(resourceFromAttributes(serviceName === undefined ? {} : { 'service.name': serviceName })),
    spanProcessors: [new BatchSpanProcessor(reportFailures(new Exporter({ url }), collector, logger))],
  });
  const tracer = provider.getTracer('fieldgate');
  return {
    start(
      kind: Kind,
      name: string,
      parent: TraceContext,
      attributes: Attributes,
      cause?: TraceContext,
    ): Span {
      const link = cause && spanContextOf(cause);
      const links = link === undefined ? [] : [{ context: link }];
      const options = { kind: KINDS[kind], attributes: { ...attributes }, links };
      const span = tracer.startSpan(name, options, contextOf(parent));
      return new RecordedSpan(span, parent);
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(true), CLOSE_MS);
      });
      const sent = provider.shutdown().then(
        () => false,
        () => false,
      );
      if (await Promise.race([sent, late])) {
        logger.warn({ collector }, 'Not all traces were sent to the collector before the end.');
      }
      clearTimeout(timer);
    },
  };
}

class RecordedSpan implements Span {
  readonly trace: Span['trace'];
  readonly #span: OtelSpan;

  constructor(span: OtelSpan, { traceState, traceFlags }: TraceContext) {
    const context = span.spanContext();
    this.#span = span;
    this.trace = {
      traceId: context.traceId,
      spanId: context.spanId,
      // The sampler decides about the first flag only.
      traceFlags: (traceFlags & ~TraceFlags.SAMPLED) | (context.traceFlags & TraceFlags.SAMPLED),
      traceState,
    };
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  set(attribute: string, value: string | number): void {
    this.#span.setAttribute(attribute, value);
  }

  fail(type: string): void {
    this.#span.setAttribute('error.type', type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.#span.end();
  }
}

function contextOf(trace: TraceContext): Context {
  const context = spanContextOf(trace);
  return context === undefined ? ROOT_CONTEXT : traces.setSpanContext(ROOT_CONTEXT, context);
}

/** @returns undefined if the trace has no span */
function spanContextOf({ traceId, spanId, traceFlags, traceState }: TraceContext): SpanContext | undefined {
  if (spanId === undefined) return undefined;
  return {
    traceId,
    spanId,
    traceFlags,
    isRemote: true,
    ...(traceState !== undefined && { traceState: new TraceState(traceState) }),
  };
}

function samplerOf(name: string, ratio: number): Sampler {
  const root = name.includes('traceidratio')
    ? new TraceIdRatioBasedSampler(ratio)
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new AlwaysOnSampler();
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
