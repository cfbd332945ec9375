import type { HooksFor, OperationHooks } from './hooks.js';

const hooks: OperationHooks = {
  willSendResponse({ contextValue: { calls }, response: { body } }) {
    if (calls === undefined || body.kind !== 'single') return;
    const { singleResult } = body;
    singleResult.extensions = {
      ...singleResult.extensions,
      upstream: { calls: calls.calls, omitted: calls.omitted },
    };
  },
};

/**
 * Adds `extensions.upstream`: the REST calls that the operation has made, in the order in which they ended, so that developers
 * see the cost of a field. Not used in production.
 */
export const callLogHooks: HooksFor = () => hooks;
