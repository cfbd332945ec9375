import type { GraphQLRequest } from '@apollo/server';
import type { HooksFor } from './hooks.js';

/** Apollo Server copies a request with all of its own properties, including symbols. */
const IN_BATCH = Symbol('in batch');

type Marked = GraphQLRequest & { readonly [IN_BATCH]?: true };

/** The request as one of several in a batch. */
export function inBatch(request: GraphQLRequest): GraphQLRequest {
  return { ...request, [IN_BATCH]: true } as Marked;
}

/**
 * Tells plugins that an operation is in a batch. Apollo Server does so only for batches that it reads itself. Must come before
 * other plugins.
 */
export const batchHooks: HooksFor = (context) => {
  const { [IN_BATCH]: isInBatch }: Marked = context.request;
  if (isInBatch === true) (context as { requestIsBatched: boolean }).requestIsBatched = true;
  return undefined;
};
