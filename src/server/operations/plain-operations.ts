import type { ApolloServer } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';
import secureJson from 'secure-json-parse';
import type { RequestContext } from '../../context.js';
import { GATEWAY_FAILED } from '../../graphql/errors/format-error.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Exchange } from '../http/exchange.js';
import type { Execution, OperationRequest } from './execution.js';
import { responseType } from '../http/media-type.js';

export interface PlainOperationsOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly execution: Execution;
  /** Whether a plugin of Apollo Server's has to see each operation. */
  readonly usageReports: boolean;
  readonly contextOf: (exchange: Exchange) => RequestContext;
  /** What is longer is not read. */
  readonly maxBytes: number;
  /** Whether the gateway closes, and wants no further request on a connection. */
  readonly isClosing: () => boolean;
  readonly logger: Logger;
}

/** What an operation is answered with. */
interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly result: FormattedExecutionResult;
}

/**
 * Answers plain operations: nearly all requests are one JSON object with a document, or with the hash of a persisted one.
 * Routing, hooks and Apollo's HTTP layer would find nothing to say about these, and cost more than all the rest of a small
 * operation; so they are answered past these, by Apollo's request pipeline alone, or without it where their document has
 * been through it before.
 *
 * Everything else (`GET`, batches, malformed bodies, unusual headers) is for others to answer.
 */
export class PlainOperations {
  readonly #options: PlainOperationsOptions;

  constructor(options: PlainOperationsOptions) {
    this.#options = options;
  }

  /**
   * @param exchange a `POST` to the graph
   * @param otherwise called where it is for others
   */
  serve(exchange: Exchange, otherwise: () => void): void {
    const { maxBytes } = this.#options;
    const contentType = responseType(exchange.fields.accept);
    if (contentType === undefined || !isJson(exchange.fields.contentType)) {
      otherwise();
      return;
    }
    exchange.readBody(maxBytes, (body) => {
      const operation = body.length > maxBytes ? undefined : plainOperation(body);
      if (operation === undefined) otherwise();
      else void this.#answer(operation, contentType, exchange);
    });
  }

  async #answer(operation: OperationRequest, contentType: string, exchange: Exchange): Promise<void> {
    const { contextOf, logger } = this.#options;
    let context: RequestContext | undefined;
    try {
      context = contextOf(exchange);
      this.#send(exchange, contentType, await this.#execute(operation, context));
    } catch (error) {
      logger.error({ err: error }, 'An operation could not be answered.');
      this.#send(exchange, contentType, failed(context?.trace.traceId));
    }
  }

  #send(exchange: Exchange, contentType: string, { status, headers, result }: Answer): void {
    const { errors, data, extensions } = result;
    exchange.answer({
      status,
      contentType,
      body: `${JSON.stringify({ errors, data, extensions })}\n`,
      headers: Object.fromEntries(headers),
      closing: this.#options.isClosing(),
    });
  }

  async #execute(operation: OperationRequest, contextValue: RequestContext): Promise<Answer> {
    const { apollo, execution, usageReports } = this.#options;
    const known = usageReports ? operation : execution.withSource(operation);
    const result = usageReports ? undefined : await execution.executeKnown(known, contextValue);
    if (result !== undefined && result.errors === undefined) {
      return { status: 200, headers: [], result: { data: result.data ?? null } };
    }
    const { http, body } = await apollo.executeOperation(known, { contextValue });
    if (body.kind !== 'single')
      throw new Error('An operation was answered in parts, which nobody asked for.');
    return { status: http.status ?? 200, headers: http.headers, result: body.singleResult };
  }
}

/** What nobody foresaw. */
function failed(traceId: string | undefined): Answer {
  const { message, extensions } = GATEWAY_FAILED;
  const error = { message, extensions: { ...extensions, traceId } };
  return { status: 500, headers: [], result: { errors: [error] } };
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json(?:;|$)/.test(contentType);
}

/** @returns undefined where the body is malformed, or holds more than an operation */
function plainOperation(bytes: Buffer): OperationRequest | undefined {
  const body = parsed(bytes.toString());
  if (!isObject(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (!isAbsent(extensions) && !isObject(extensions)) return undefined;
  const isPersisted = query === undefined && isObject(extensions?.['persistedQuery']);
  if (!isPersisted && (typeof query !== 'string' || query === '')) return undefined;
  if (!isAbsent(operationName) && typeof operationName !== 'string') return undefined;
  if (!isAbsent(variables) && !isObject(variables)) return undefined;
  return {
    ...(typeof query === 'string' ? { query } : {}),
    ...(isAbsent(operationName) ? {} : { operationName }),
    ...(isAbsent(variables) ? {} : { variables }),
    ...(isAbsent(extensions) ? {} : { extensions }),
  };
}

/** @returns undefined where it is malformed, or means to change the prototypes of objects */
function parsed(text: string): unknown {
  try {
    return secureJson.parse(text);
  } catch {
    return undefined;
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
