import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../../context.js';

const DONE = Promise.resolve();

type Response = GraphQLRequestContextWillSendResponse<RequestContext>;

const listener = Promise.resolve({
  willSendResponse({ contextValue, operation, response: { body } }: Response): Promise<void> {
    if (body.kind !== 'single' || body.singleResult.errors === undefined) return DONE;
    const { traceId } = contextValue.trace;
    const isMutation = operation?.operation === OperationTypeNode.MUTATION;
    body.singleResult.errors = body.singleResult.errors.map((error) => ({
      ...error,
      extensions: { ...error.extensions, ...(isMutation && isInPayload(error) && NOT_RETRYABLE), traceId },
    }));
    return DONE;
  },
});

/**
 * Completes the extensions of errors.
 *
 * Each error gets the trace id, so that a user's report leads to the logs. An error inside the payload of a mutation is not
 * retryable: the mutation has been executed, and the same request would meet the version that it made, or start a second job.
 */
export const errorExtensionsPlugin: ApolloServerPlugin<RequestContext> = { requestDidStart: () => listener };

const NOT_RETRYABLE = { retryable: false };

function isInPayload({ path, extensions }: GraphQLFormattedError): boolean {
  return (path?.length ?? 0) > 1 && extensions?.['retryable'] === true;
}
