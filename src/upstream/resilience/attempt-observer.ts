import type { Recorder } from '../../telemetry/recorder.js';
import type { Attributes, Tracer } from '../../telemetry/tracer.js';
import { traceparentOf, type TraceContext } from '../../telemetry/trace-context.js';
import type { Call } from '../http/call.js';
import { endClientSpan, serverAttributes } from '../http/client-span.js';
import { HttpFailure, type HttpResponse } from '../http/http.js';
import { pathTemplate } from '../resources/path-template.js';

export interface AttemptObserverOptions {
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  /** The REST base. */
  readonly baseUrl: string;
}

/** Records each request that is sent, as a metric and as a span (OpenTelemetry's semantic conventions for HTTP clients). */
export class AttemptObserver {
  readonly #recorder: Recorder;
  readonly #tracer: Tracer | undefined;
  readonly #server: Attributes;

  constructor({ recorder, tracer, baseUrl }: AttemptObserverOptions) {
    this.#recorder = recorder;
    this.#tracer = tracer;
    this.#server = serverAttributes(baseUrl);
  }

  /**
   * @param parent what the call is part of
   * @param attempt counts from 1
   * @param send receives the `traceparent` of the request; undefined where it has no span
   */
  async observe(
    { method, path }: Pick<Call, 'method' | 'path'>,
    parent: TraceContext,
    attempt: number,
    send: (traceparent: string | undefined) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const template = pathTemplate(path);
    const span = this.#tracer?.start('client', `${method} ${template}`, parent, {
      'http.request.method': method,
      'url.template': template,
      ...this.#server,
      ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
    });
    const begun = performance.now();
    let status: number | string = 'failed';
    try {
      const response = await send(span && traceparentOf(span.trace, span.trace.spanId));
      ({ status } = response);
      return response;
    } catch (error) {
      if (error instanceof HttpFailure) status = error.kind;
      throw error;
    } finally {
      const seconds = (performance.now() - begun) / 1000;
      this.#recorder.upstreamAttempt({ method, template, attempt, status, seconds });
      if (span !== undefined) endClientSpan(span, status);
    }
  }
}
