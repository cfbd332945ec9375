import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import type { HooksFor, OperationHooks } from './hooks.js';

const hooks: OperationHooks = {
  willSendResponse({ contextValue, operation, response: { body } }) {
    if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
    const { traceId } = contextValue.trace;
    const isMutation = operation?.operation === OperationTypeNode.MUTATION;
    body.singleResult.errors = body.singleResult.errors.map((error) => ({
      ...error,
      extensions: { ...error.extensions, ...(isMutation && isInPayload(error) && NOT_RETRYABLE), traceId },
    }));
  },
};

/**
 * Completes the extensions of errors.
 *
 * Each error gets the trace id, so that a user's report leads to the logs. An error inside the payload of a mutation is not
 * retryable: the mutation has been executed, and the same request would meet the version that it made, or start a second job.
 */
export const errorExtensionsHooks: HooksFor = () => hooks;

const NOT_RETRYABLE = { retryable: false };

function isInPayload({ path, extensions }: GraphQLFormattedError): boolean {
  return (path?.length ?? 0) > 1 && extensions?.['retryable'] === true;
}
