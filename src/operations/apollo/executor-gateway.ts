import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { execute, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../../context.js';
import type { Charge } from '../rate-limits/charge.js';
import type { Role, Run } from '../subscriptions/role.js';
import { roleOfContext } from '../subscriptions/subscription.hooks.js';

/** Executes a validated operation. Errors are part of the result. */
type Execute = (args: {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly contextValue: unknown;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
  /** The event, if the operation is a subscription. */
  readonly rootValue?: unknown;
}) => ExecutionResult | Promise<ExecutionResult>;

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway'];

/** Executes with graphql-js. */
export function graphqlJs(schema: GraphQLSchema, hideSuggestions: boolean): Execute {
  return (args) => execute({ schema, hideSuggestions, ...args });
}

/**
 * Makes Apollo Server execute operations with the given executor: `gateway` is its extension point for that.
 *
 * @param instrumented executes the operations whose resolvers a plugin observes with `willResolveField`
 * @param charge decides whether an operation may be executed. Default: all may.
 */
export function executorGateway(
  schema: GraphQLSchema,
  executor: Execute,
  instrumented: Execute,
  charge?: Charge,
): Gateway {
  let onSchema: Parameters<Gateway['onSchemaLoadOrUpdate']>[0] | undefined;
  return {
    onSchemaLoadOrUpdate(callback) {
      onSchema = callback;
      return () => undefined;
    },
    load() {
      onSchema?.({ apiSchema: schema, coreSupergraphSdl: '' });
      return Promise.resolve({
        executor: ({ document, request, context }) => {
          const isObserved = isInstrumented(context);
          const execute = isObserved ? instrumented : executor;
          const run = (rootValue?: unknown) =>
            execute({
              document,
              operationName: request.operationName,
              contextValue: context,
              variableValues: request.variables,
              rootValue,
            });
          const charged =
            charge && (() => charge({ contextValue: context as RequestContext, document, request }));
          const result = executeInRole(roleOfContext(context), run, isObserved, charged);
          return Promise.resolve(result as ExecutionResult<Record<string, unknown>, Record<string, unknown>>);
        },
      });
    },
    stop: () => Promise.resolve(),
  };
}

type Charged = () => ReturnType<Charge>;

function executeInRole(
  role: Role | undefined,
  run: Run,
  isObserved: boolean,
  charge: Charged | undefined,
): ReturnType<Run> {
  if (role?.kind === 'event') return role.execute(run, isObserved);
  if (role?.failure !== undefined) return role.failure;
  return charge === undefined ? run() : runCharged(charge, run);
}

/** An error is a result, as it is for subscriptions, and has Apollo Server call `didEncounterErrors`. */
async function runCharged(charge: Charged, run: Run): Promise<ExecutionResult> {
  const error = await charge();
  return error === undefined ? run() : { errors: [error] };
}

/**
 * Apollo Server hands `willResolveField` to its wrapped resolvers under a symbol on the context, which has no symbols
 * otherwise. A planned document may have been planned before the resolvers were wrapped.
 */
function isInstrumented(context: object): boolean {
  return Object.getOwnPropertySymbols(context).length > 0;
}
