import type { TraceContext } from './trace-context.js';

export type Attributes = Readonly<Record<string, string | number>>;

/** A span of a trace. */
export interface Span {
  /** The trace with this span as the parent. */
  readonly trace: TraceContext & { readonly spanId: string };
  rename(name: string): void;
  set(attribute: string, value: string | number): void;
  /** @param type a class of errors, such as a status or a code */
  fail(type: string): void;
  /** To be called once. */
  end(): void;
}

/** `server`: a request that is being answered; `client`: one that is sent; `internal`: anything else. */
export type SpanKind = 'server' | 'client' | 'internal';

/** Records spans. Attributes have the names of OpenTelemetry's semantic conventions. */
export interface Tracer {
  /**
   * @param parent if it has no span, a new trace begins
   * @param cause a span of another trace that the new one is linked to. Default: none
   */
  start(
    kind: SpanKind,
    name: string,
    parent: TraceContext,
    attributes: Attributes,
    cause?: TraceContext,
  ): Span;
  /** Flushes recorded spans, for a few seconds at most. Never rejects. */
  close(): Promise<void>;
}
