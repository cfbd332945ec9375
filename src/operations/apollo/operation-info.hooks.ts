import { shownName } from '../../telemetry/shown-name.js';
import type { HooksFor, OperationHooks } from './hooks.js';

const hooks: OperationHooks = {
  didResolveOperation({ operation, operationName, contextValue: { operationInfo, client } }) {
    // There is no operation if `operationName` names none, which execution rejects.
    if (operationInfo === undefined || operation === undefined) return;
    operationInfo.name = operationName === null ? undefined : shownName(operationName);
    operationInfo.type = operation.operation;
    operationInfo.calls = client;
  },
};

/** Records the name and type of each operation, which are known once its document has been validated. */
export const operationInfoHooks: HooksFor = () => hooks;
