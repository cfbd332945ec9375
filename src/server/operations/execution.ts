import type {
  ApolloServerOptionsWithGateway,
  ApolloServerPlugin,
  GraphQLRequestContextDidResolveOperation,
  GraphQLRequestContextDidResolveSource,
  GraphQLRequestContextResponseForOperation,
  GraphQLResponse,
} from '@apollo/server';
import {
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { RequestContext } from '../../context.js';
import type { Loaders } from '../../loaders/loaders.js';
import { beyondLimits, type DocumentLimits } from './document-limits.js';
import { documentCache, sourceCache } from './document-store.js';

/** Executes a validated operation. What fails is in the result; it never throws. */
export type Execute = (args: {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly contextValue: RequestContext;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
}) => ExecutionResult | Promise<ExecutionResult>;

/** An operation as a client sends it. */
export interface OperationRequest {
  /** Absent where `extensions.persistedQuery` says which it is. */
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

/**
 * Executes the operations of Apollo Server, and those for which its pipeline has nothing left to do.
 *
 * Apollo's place for that is the `gateway`, before which it negotiates content types and copies the request with its
 * headers: more than executing a small operation costs. So a plugin executes, and answers what succeeds. What has errors
 * goes on to the gateway, which hands out the result that is there already, so that Apollo formats its errors.
 *
 * A document that has come through the pipeline once has been parsed and validated. Its operations can be executed
 * without the pipeline from then on, and have to go through it only where their result has errors.
 *
 * A document that is too deep or too large is refused before it is parsed, however it comes, and is never kept.
 */
export class Execution {
  readonly gateway: Gateway;
  readonly plugin: ApolloServerPlugin<RequestContext>;
  readonly #execute: Execute;
  readonly #limits: DocumentLimits;
  readonly #failed = new FailedResults();
  /** Why documents were refused, by what stands in their place. */
  readonly #refusals = new WeakMap<DocumentNode, GraphQLError>();
  /** Documents by their source. */
  readonly #validated = documentCache();
  /** Sources of persisted queries, by their hashes, which Apollo has checked. */
  readonly #persisted = sourceCache();

  constructor(schema: GraphQLSchema, execute: Execute, limits: DocumentLimits) {
    this.#execute = execute;
    this.#limits = limits;
    this.gateway = gatewayTo(schema, this.#failed);
    const listener = Promise.resolve({
      didResolveSource: (operation: GraphQLRequestContextDidResolveSource<RequestContext>) => {
        this.#resolveDocument(operation);
        return DONE;
      },
      didResolveOperation: ({ document }: GraphQLRequestContextDidResolveOperation<RequestContext>) => {
        const refusal = this.#refusals.get(document);
        return refusal === undefined ? DONE : Promise.reject(refusal);
      },
      responseForOperation: (operation: GraphQLRequestContextResponseForOperation<RequestContext>) =>
        this.#respond(operation),
    });
    this.plugin = { requestDidStart: () => listener };
  }

  /**
   * The operation with its source in place of its hash, where that is a persisted query's that is known; else as it is, for
   * the pipeline to look at. From then on it does not depend on what Apollo has kept: an operation that has been executed
   * must not be answered with `PersistedQueryNotFound`.
   */
  withSource(operation: OperationRequest): OperationRequest {
    const hash = persistedHash(operation);
    const query = hash === undefined ? undefined : this.#persisted.get(hash);
    if (query === undefined || (operation.query ?? query) !== query) return operation;
    return { ...operation, query, extensions: { ...operation.extensions, persistedQuery: undefined } };
  }

  /**
   * Executes an operation whose document is known to be valid.
   *
   * @returns undefined, with nothing done, where it is not known. A result with errors is handed out to Apollo, too, when
   *   the operation comes through its pipeline with the same context: it is not executed again
   */
  executeKnown(
    { query, operationName, variables, extensions }: OperationRequest,
    contextValue: RequestContext,
  ): Promise<ExecutionResult> | undefined {
    // Whether a hash is the document's, and to be remembered, is for Apollo to say.
    if (query === undefined || extensions?.['persistedQuery']) return undefined;
    const document = this.#validated.get(query);
    if (document === undefined) return undefined;
    return this.#result({ document, operationName, contextValue, variableValues: variables });
  }

  /**
   * Apollo Server parses and validates unless there is a document already: one that is known to be valid, or an empty one in
   * place of one that is beyond the limits. It lets a plugin refuse an operation only later, in `didResolveOperation`.
   */
  #resolveDocument(operation: { readonly source: string; document?: DocumentNode }): void {
    const known = this.#validated.get(operation.source);
    if (known !== undefined) {
      operation.document = known;
      return;
    }
    const refusal = beyondLimits(operation.source, this.#limits);
    if (refusal === undefined) return;
    operation.document = { kind: Kind.DOCUMENT, definitions: [] };
    this.#refusals.set(operation.document, refusal);
  }

  async #respond({
    document,
    source,
    queryHash,
    request: { operationName, variables, extensions },
    contextValue,
    response: { http },
  }: GraphQLRequestContextResponseForOperation<RequestContext>): Promise<GraphQLResponse | null> {
    if (this.#failed.get(contextValue) !== undefined) return null;
    this.#validated.set(source, document);
    if (extensions?.['persistedQuery'] && queryHash !== undefined) this.#persisted.set(queryHash, source);
    const result = await this.#result({ document, operationName, contextValue, variableValues: variables });
    if (result.errors !== undefined) return null;
    return { http, body: { kind: 'single', singleResult: { data: result.data ?? null } } };
  }

  async #result(args: Parameters<Execute>[0]): Promise<ExecutionResult> {
    const result = await this.#execute(args);
    if (result.errors !== undefined) this.#failed.set(args.contextValue, result);
    return result;
  }
}

const DONE = Promise.resolve();

/** What an Automatic Persisted Query is asked for by, if it is as Apollo's protocol has it. */
function persistedHash({ extensions }: OperationRequest): string | undefined {
  const { version, sha256Hash } = (extensions?.['persistedQuery'] ?? {}) as Record<string, unknown>;
  return version === 1 && typeof sha256Hash === 'string' ? sha256Hash : undefined;
}

/**
 * Results that have errors, by the loaders of their operation: Apollo works with copies of the context, and of what is in
 * it these are no other operation's.
 */
class FailedResults {
  readonly #results = new WeakMap<Loaders, ExecutionResult>();

  get({ loaders }: RequestContext): ExecutionResult | undefined {
    return this.#results.get(loaders);
  }

  set({ loaders }: RequestContext, result: ExecutionResult): void {
    this.#results.set(loaders, result);
  }
}

function gatewayTo(schema: GraphQLSchema, failed: FailedResults): Gateway {
  let loaded: Parameters<Gateway['onSchemaLoadOrUpdate']>[0] | undefined;
  return {
    onSchemaLoadOrUpdate(callback) {
      loaded = callback;
      return () => undefined;
    },
    load() {
      loaded?.({ apiSchema: schema, coreSupergraphSdl: '' });
      return Promise.resolve({
        executor: ({ context }) => {
          const result = failed.get(context as RequestContext);
          return result === undefined
            ? Promise.reject(new Error('The operation has not been executed.'))
            : Promise.resolve(result as ExecutionResult<Record<string, unknown>, Record<string, unknown>>);
        },
      });
    },
    stop: () => Promise.resolve(),
  };
}
