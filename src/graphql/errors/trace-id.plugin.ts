import type { ApolloServerPlugin, BaseContext, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { RequestContext } from '../../context.js';

const DONE = Promise.resolve();

/** Adds the trace id to every error, so that a user's report leads to the logs. */
export function traceIdPlugin<
  C extends BaseContext & Pick<RequestContext, 'trace'>,
>(): ApolloServerPlugin<C> {
  const listener = Promise.resolve({
    willSendResponse({ contextValue, response }: GraphQLRequestContextWillSendResponse<C>) {
      if (response.body.kind === 'single' && response.body.singleResult.errors !== undefined) {
        response.body.singleResult.errors = response.body.singleResult.errors.map((error) => ({
          ...error,
          extensions: { ...error.extensions, traceId: contextValue.trace.traceId },
        }));
      }
      return DONE;
    },
  });
  return { requestDidStart: () => listener };
}
