import type { GraphQLResponse } from '@apollo/server';
import type { Logger } from '../telemetry/logger.js';
import type { OperationNote } from '../telemetry/operation-note.js';
import type { Recorder } from '../telemetry/recorder.js';
import { shownName } from '../telemetry/shown-name.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Span, Tracer } from '../telemetry/tracer.js';
import type { OperationRequest } from './operation-request.js';

export interface OperationObserverOptions {
  readonly recorder: Recorder;
  /** Undefined where nothing is traced. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
  /** An operation that takes longer is logged as a warning, in milliseconds. 0 for never. */
  readonly slowMs: number;
}

interface ObservedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly trace: TraceContext;
}

const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Tells of each operation, whatever its transport: as a metric, a span, and a line of the log. */
export class OperationObserver {
  readonly options: OperationObserverOptions;

  constructor(options: OperationObserverOptions) {
    this.options = options;
  }

  /** @param begun when its request had arrived, on the clock of `performance.now()` */
  begin(request: ObservedRequest, operation: OperationRequest, begun: number): ObservedOperation {
    return new ObservedOperation(this.options, request, operation, begun);
  }

  /** A request was rejected before it was known what operation it has. */
  rejected({ headers }: Pick<ObservedRequest, 'headers'>, outcome: string): void {
    const client = clientOf(headers, undefined);
    this.options.recorder.operation({
      name: undefined,
      type: undefined,
      client,
      outcome,
      seconds: undefined,
    });
  }
}

/** One operation, from its arrival to its end. */
export class ObservedOperation {
  readonly note: OperationNote = {};
  /** What happens in the operation is part of this. */
  readonly trace: TraceContext;
  readonly #options: OperationObserverOptions;
  readonly #request: ObservedRequest;
  readonly #operation: OperationRequest;
  readonly #begun: number;
  readonly #span: Span | undefined;

  constructor(
    options: OperationObserverOptions,
    request: ObservedRequest,
    operation: OperationRequest,
    begun: number,
  ) {
    this.#options = options;
    this.#request = request;
    this.#operation = operation;
    this.#begun = begun;
    this.#span = options.tracer?.start('internal', 'GraphQL Operation', request.trace, {});
    this.trace = this.#span?.trace ?? request.trace;
  }

  /** @param outcome `ok`, or the code of the first error */
  end(outcome: string): void {
    const { recorder } = this.#options;
    const { name, type } = this.note;
    const ms = performance.now() - this.#begun;
    const client = clientOf(this.#request.headers, this.#operation.extensions);
    recorder.operation({ name, type, client, outcome, seconds: ms / 1000 });
    this.#log(outcome, ms, client);
    const span = this.#span;
    if (span === undefined) return;
    if (type !== undefined) {
      span.rename(type);
      span.set('graphql.operation.type', type);
    }
    if (name !== undefined) span.set('graphql.operation.name', name);
    if (outcome !== 'ok') span.fail(outcome);
    span.end();
  }

  #log(outcome: string, ms: number, client: string | undefined): void {
    const { logger, slowMs } = this.#options;
    const isSlow = slowMs > 0 && ms >= slowMs;
    if (!isSlow && !logger.isLevelEnabled('debug')) return;
    const { name, type, calls } = this.note;
    const line = {
      traceId: this.trace.traceId,
      requestId: requestIdIn(this.#request.headers),
      operationName: name,
      operationType: type,
      client,
      outcome,
      durationMs: Math.round(ms),
      upstreamCalls: calls?.callsMade,
    };
    if (isSlow) logger.warn(line, 'An operation was slow.');
    else logger.debug(line, 'An operation has ended.');
  }
}

/** What the metrics call the outcome of an operation. */
export function outcomeOf({ body }: Pick<GraphQLResponse, 'body'>): string {
  if (body.kind !== 'single') return 'ok';
  const error = body.singleResult.errors?.[0];
  return error === undefined ? 'ok' : String(error.extensions?.['code']);
}

/** Apollo's conventions: a header that the application sets, or what its library says of itself. */
function clientOf(
  headers: ObservedRequest['headers'],
  extensions: OperationRequest['extensions'],
): string | undefined {
  const name = headers['apollographql-client-name'] ?? libraryIn(extensions);
  return typeof name === 'string' && name !== '' ? shownName(name) : undefined;
}

function libraryIn(extensions: OperationRequest['extensions']): unknown {
  const library = extensions?.['clientLibrary'];
  return typeof library === 'object' && library !== null && 'name' in library ? library.name : undefined;
}

/** What a proxy or the client calls the request, if that is safe to write down. */
function requestIdIn({ 'x-request-id': id }: ObservedRequest['headers']): string | undefined {
  return typeof id === 'string' && REQUEST_ID.test(id) ? id : undefined;
}
