import { GraphQLError, type GraphQLObjectType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { CompleteValue, ObjectPlan } from './execution.js';
import { resolveInfo, type SelectedField } from './selected-field.js';
import { awaitPromise, isPromise } from './promises.js';

/**
 * Executes the plan of an object type for its values, after `isTypeOf` if the type has one.
 *
 * @param plan called on the first value
 */
export function objectCompleter(
  type: GraphQLObjectType,
  selected: SelectedField,
  plan: () => ObjectPlan,
): CompleteValue {
  if (!type.isTypeOf) return (execution, value, path) => plan().execute(execution, value, path);

  return (execution, value, path, field) => {
    // Before `isTypeOf`, as in graphql-js: planning throws if a condition is not a boolean.
    const { execute } = plan();
    const isOfType = type.isTypeOf?.(value, execution.contextValue, resolveInfo(selected, field, execution));
    if (!isPromise(isOfType)) {
      assertIsTypeOf(isOfType, value);
      return execute(execution, value, path);
    }
    return awaitPromise(execution, isOfType, (later) => {
      assertIsTypeOf(later, value);
      return execute(execution, value, path);
    });
  };

  function assertIsTypeOf(isOfType: unknown, value: unknown): void {
    if (isOfType) return;
    const { nodes } = selected;
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
  }
}
