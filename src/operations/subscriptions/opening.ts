import type { GraphQLRequestContext } from '@apollo/server';
import {
  createSourceEventStream,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { RequestContext } from '../../context.js';
import type { Plugin } from '../apollo/plugin.js';
import type { OpenSubscriptions } from './open-subscriptions.js';
import type { Listener, Subscribing } from './role.js';
import { sourceOf } from './shared-operations.js';

type Context = GraphQLRequestContext<RequestContext>;

/** A subscription that has been checked and whose source is open. */
export interface Opened {
  readonly events: AsyncIterable<unknown>;
  readonly document: DocumentNode;
  /** Those that the operation declares. */
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** See {@link OpenSubscriptions.reserve}. */
  readonly length: number;
  readonly context: Context;
  /** What the plugins returned when the client subscribed. */
  readonly listeners: ReadonlyMap<Plugin, Listener>;
}

export interface OpeningOptions {
  readonly schema: GraphQLSchema;
  readonly hideSuggestions: boolean;
  readonly subscriptions: OpenSubscriptions;
  readonly onOpened: (opened: Opened) => void;
}

/** Opens the source of the events if the operation is a subscription and the caller may have one more. */
export class Opening implements Subscribing {
  readonly kind = 'subscribing';
  failure: ExecutionResult | undefined;
  readonly #options: OpeningOptions;
  readonly #listeners = new Map<Plugin, Listener>();

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  started(plugin: Plugin, listener: Listener): void {
    this.#listeners.set(plugin, listener);
  }

  reject(error: GraphQLError): void {
    this.failure = { errors: [error] };
  }

  async open(context: Context): Promise<boolean> {
    const { document, contextValue } = context;
    if (document === undefined) throw new Error('Apollo Server resolved an operation without a document.');
    const { subscriptions, onOpened } = this.#options;
    const { key } = contextValue.principal;
    const variables = declaredVariables(context);
    const length =
      sourceOf(document).length + (variables === undefined ? 0 : JSON.stringify(variables).length);
    try {
      subscriptions.reserve(key, length);
    } catch (error) {
      return this.#fail(error);
    }
    try {
      const events = await this.#source(context, document);
      if (Symbol.asyncIterator in events) {
        onOpened({ events, document, variables, length, context, listeners: this.#listeners });
        return true;
      }
      subscriptions.release(key, length);
      this.failure = events;
      return false;
    } catch (error) {
      subscriptions.release(key, length);
      throw error;
    }
  }

  #fail(error: unknown): false {
    if (!(error instanceof GraphQLError)) throw error;
    this.reject(error);
    return false;
  }

  #source({ request, contextValue }: Context, document: DocumentNode) {
    const { schema, hideSuggestions } = this.#options;
    return createSourceEventStream({
      schema,
      hideSuggestions,
      document,
      contextValue,
      operationName: request.operationName,
      variableValues: request.variables,
    });
  }
}

/** Clients can send others, which would be kept for as long as the subscription. */
function declaredVariables({
  operation,
  request: { variables },
}: Context): Record<string, unknown> | undefined {
  if (variables === undefined) return undefined;
  const names = operation?.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}
