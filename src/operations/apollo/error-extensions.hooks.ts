import { OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import type { HooksFor, OperationHooks } from './hooks.js';

const hooks: OperationHooks = {
  willSendResponse({ contextValue, operation, response: { body } }) {
    if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
    const { traceId } = contextValue.trace;
    const { data, errors } = body.singleResult;
    const effects = operation?.operation === OperationTypeNode.MUTATION ? rootsWithEffects(data, errors) : [];
    body.singleResult.errors = errors.map((error) => ({
      ...error,
      extensions: { ...error.extensions, ...(repeatsAnEffect(error, effects) && NOT_RETRYABLE), traceId },
    }));
  },
};

/**
 * Completes the extensions of errors.
 *
 * Each error gets the trace id, so that a user's report leads to the logs. An error is not retryable if a mutation of its
 * request has been or may have been executed: the same request would meet the version that it made, or start a second job.
 */
export const errorExtensionsHooks: HooksFor = () => hooks;

const NOT_RETRYABLE = { retryable: false };

type ResponseKey = string | number;

/** The response keys of the mutations that have been or may have been executed. */
function rootsWithEffects(
  data: Readonly<Record<string, unknown>> | null | undefined,
  errors: readonly GraphQLFormattedError[],
): ResponseKey[] {
  // Payloads are objects; `__typename` is not.
  const executed = Object.entries(data ?? {}).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? [key] : [],
  );
  const uncertain = errors.flatMap((error) => {
    const key = error.path?.[0];
    const isUncertain = isInPayload(error) || error.extensions?.['outcomeUnknown'] === true;
    return key !== undefined && isUncertain ? [key] : [];
  });
  return [...executed, ...uncertain];
}

function isInPayload({ path }: GraphQLFormattedError): boolean {
  return (path?.length ?? 0) > 1;
}

/** The outcome of the error's own mutation is what it tells itself. */
function repeatsAnEffect(error: GraphQLFormattedError, effects: readonly ResponseKey[]): boolean {
  if (error.extensions?.['retryable'] !== true || effects.length === 0) return false;
  return isInPayload(error) || effects.some((key) => key !== error.path?.[0]);
}
