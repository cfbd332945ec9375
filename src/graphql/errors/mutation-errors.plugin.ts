import type { ApolloServerPlugin, BaseContext, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';

const DONE = Promise.resolve();

/**
 * Sets `retryable` to false for errors inside a mutation's payload. The mutation itself succeeded: sending it again
 * would conflict with the first change, or start a second job.
 */
export function mutationErrorsPlugin<C extends BaseContext>(): ApolloServerPlugin<C> {
  const listener = Promise.resolve({
    willSendResponse({ operation, response: { body } }: GraphQLRequestContextWillSendResponse<C>) {
      if (operation?.operation !== OperationTypeNode.MUTATION || body.kind !== 'single') return DONE;
      const { errors } = body.singleResult;
      if (errors !== undefined) body.singleResult.errors = errors.map(inPayload);
      return DONE;
    },
  });
  return { requestDidStart: () => listener };
}

function inPayload(error: GraphQLFormattedError): GraphQLFormattedError {
  const isInPayload = (error.path?.length ?? 0) > 1;
  if (!isInPayload || error.extensions?.['retryable'] !== true) return error;
  return { ...error, extensions: { ...error.extensions, retryable: false } };
}
