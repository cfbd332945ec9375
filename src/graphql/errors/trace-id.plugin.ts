import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { RequestContext } from '../../context.js';

/** Writes the trace id into every error, so that a user's report leads to the logs. */
export function traceIdPlugin<
  C extends BaseContext & Pick<RequestContext, 'trace'>,
>(): ApolloServerPlugin<C> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse({ contextValue, response }) {
          if (response.body.kind === 'single' && response.body.singleResult.errors !== undefined) {
            response.body.singleResult.errors = response.body.singleResult.errors.map((error) => ({
              ...error,
              extensions: { ...error.extensions, traceId: contextValue.trace.traceId },
            }));
          }
          return Promise.resolve();
        },
      }),
  };
}
