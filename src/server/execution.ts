import type {
  ApolloServerOptionsWithGateway,
  ApolloServerPlugin,
  GraphQLRequestContextResponseForOperation,
  GraphQLResponse,
} from '@apollo/server';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { RequestContext } from '../context.js';

/** Executes a validated operation. What fails is in the result; it never throws. */
export type Execute = (args: {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly contextValue: RequestContext;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
}) => ExecutionResult | Promise<ExecutionResult>;

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

/**
 * Has Apollo Server execute operations by `execute`.
 *
 * The place for that is its `gateway`, before which Apollo negotiates content types and copies the request with its
 * headers: more than executing a small operation costs. So a plugin executes, and answers what succeeds. What has errors
 * goes on to the gateway, which hands out the result that is there already, so that Apollo formats its errors.
 */
export function executionBy(
  execute: Execute,
  schema: GraphQLSchema,
): { readonly gateway: Gateway; readonly plugin: ApolloServerPlugin<RequestContext> } {
  const failed = new WeakMap<object, ExecutionResult>();
  const listener = Promise.resolve({
    async responseForOperation({
      document,
      request: { operationName, variables },
      contextValue,
      response: { http },
    }: GraphQLRequestContextResponseForOperation<RequestContext>): Promise<GraphQLResponse | null> {
      const result = await execute({ document, operationName, contextValue, variableValues: variables });
      if (result.errors === undefined) {
        return { http, body: { kind: 'single', singleResult: { data: result.data ?? null } } };
      }
      failed.set(contextValue, result);
      return null;
    },
  });
  return { gateway: gatewayTo(schema, failed), plugin: { requestDidStart: () => listener } };
}

function gatewayTo(schema: GraphQLSchema, results: WeakMap<object, ExecutionResult>): Gateway {
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
          const result = results.get(context);
          return result === undefined
            ? Promise.reject(new Error('The operation has not been executed.'))
            : Promise.resolve(result as ExecutionResult<Record<string, unknown>, Record<string, unknown>>);
        },
      });
    },
    stop: () => Promise.resolve(),
  };
}
