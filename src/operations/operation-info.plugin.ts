import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import type { RequestContext } from '../context.js';
import { shownName } from '../telemetry/shown-name.js';

const DONE = Promise.resolve();

const listener = Promise.resolve({
  // The document of a rejected operation is empty.
  didResolveOperation({
    operation,
    operationName,
    contextValue: { operationInfo, client },
  }: Partial<Pick<Resolved, 'operation'>> & Omit<Resolved, 'operation'>): Promise<void> {
    if (operationInfo === undefined || operation === undefined) return DONE;
    operationInfo.name = operationName === null ? undefined : shownName(operationName);
    operationInfo.type = operation.operation;
    operationInfo.calls = client;
    return DONE;
  },
});

type Resolved = Pick<
  GraphQLRequestContextDidResolveOperation<RequestContext>,
  'operation' | 'operationName' | 'contextValue'
>;

/** Records the name and type of each operation, which are known once its document has been validated. */
export const operationInfoPlugin: ApolloServerPlugin<RequestContext> = { requestDidStart: () => listener };
