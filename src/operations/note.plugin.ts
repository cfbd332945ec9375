import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import type { RequestContext } from '../context.js';
import { shownName } from '../telemetry/shown-name.js';

const DONE = Promise.resolve();

const listener = Promise.resolve({
  // The document of an operation that has been rejected has no operation.
  didResolveOperation({
    operation,
    operationName,
    contextValue: { note, client },
  }: Partial<Pick<Resolved, 'operation'>> & Omit<Resolved, 'operation'>): Promise<void> {
    if (note === undefined || operation === undefined) return DONE;
    note.name = operationName === null ? undefined : shownName(operationName);
    note.type = operation.operation;
    note.calls = client;
    return DONE;
  },
});

type Resolved = Pick<
  GraphQLRequestContextDidResolveOperation<RequestContext>,
  'operation' | 'operationName' | 'contextValue'
>;

/** Notes the name and the type of each operation, which only its validated document tells. */
export const notePlugin: ApolloServerPlugin<RequestContext> = { requestDidStart: () => listener };
