import type { GraphQLResponse } from '@apollo/server';
import type { Logger } from '../telemetry/logger.js';
import type { OperationInfo } from '../telemetry/operation-info.js';
import type { Recorder } from '../telemetry/recorder.js';
import { shownName } from '../telemetry/shown-name.js';
import type { TraceContext } from '../telemetry/trace-context.js';
import type { Span, Tracer } from '../telemetry/tracer.js';
import type { OperationRequest } from './request/operation-request.js';

export interface OperationObserverOptions {
  readonly recorder: Recorder;
  /** Undefined without tracing. */
  readonly tracer: Tracer | undefined;
  readonly logger: Logger;
  /** Operations that take longer are logged as warnings, in milliseconds. 0 logs none. */
  readonly slowMs: number;
}

interface ObservedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly trace: TraceContext;
}

const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Reports each operation on every transport: as a metric, a span, and a log line. */
export class OperationObserver {
  readonly options: OperationObserverOptions;

  constructor(options: OperationObserverOptions) {
    this.options = options;
  }

  /** @param startedAt when its request had arrived, from `performance.now()` */
  start(request: ObservedRequest, operation: OperationRequest, startedAt: number): ObservedOperation {
    return new ObservedOperation(this.options, request, operation, startedAt);
  }

  /** Records a request that was rejected before its operation was known. */
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

/** An operation that is being observed, from its arrival to its end. */
export class ObservedOperation {
  readonly info: OperationInfo = {};
  /** The parent of the operation's other spans. */
  readonly trace: TraceContext;
  readonly #options: OperationObserverOptions;
  readonly #request: ObservedRequest;
  readonly #operation: OperationRequest;
  readonly #startedAt: number;
  readonly #span: Span | undefined;

  constructor(
    options: OperationObserverOptions,
    request: ObservedRequest,
    operation: OperationRequest,
    startedAt: number,
  ) {
    this.#options = options;
    this.#request = request;
    this.#operation = operation;
    this.#startedAt = startedAt;
    this.#span = options.tracer?.start('internal', 'GraphQL Operation', request.trace, {});
    this.trace = this.#span?.trace ?? request.trace;
  }

  /** @param outcome `ok`, or the code of the first error */
  end(outcome: string): void {
    const { recorder } = this.#options;
    const { name, type } = this.info;
    const ms = performance.now() - this.#startedAt;
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
    const { name, type, calls } = this.info;
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

/** The outcome of an operation in metrics: `ok`, or the code of its first error. */
export function outcomeOf({ body }: Pick<GraphQLResponse, 'body'>): string {
  if (body.kind !== 'single') return 'ok';
  const error = body.singleResult.errors?.[0];
  return error === undefined ? 'ok' : String(error.extensions?.['code']);
}

/** Apollo's conventions: a header that the application sets, or the library's name in `extensions`. */
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

/** The id that a proxy or the client gave the request, if it is safe to log. */
function requestIdIn({ 'x-request-id': id }: ObservedRequest['headers']): string | undefined {
  return typeof id === 'string' && REQUEST_ID.test(id) ? id : undefined;
}
