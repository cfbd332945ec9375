import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { RequestContext } from '../context.js';

type Response = GraphQLRequestContextWillSendResponse<RequestContext>;

const DONE = Promise.resolve();

const listener = Promise.resolve({
  willSendResponse({ contextValue: { calls }, response: { body } }: Response): Promise<void> {
    if (calls === undefined || body.kind !== 'single') return DONE;
    const { singleResult } = body;
    singleResult.extensions = {
      ...singleResult.extensions,
      upstream: { calls: calls.calls, omitted: calls.omitted },
    };
    return DONE;
  },
});

/**
 * Adds `extensions.upstream`: the REST calls that the operation has made, in the order in which they ended, so that developers
 * see the cost of a field. Not used in production.
 */
export const callLogPlugin: ApolloServerPlugin<RequestContext> = { requestDidStart: () => listener };
