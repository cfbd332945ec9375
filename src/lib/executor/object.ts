import { GraphQLError, type GraphQLObjectType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Complete, ObjectPlan } from './execution.js';
import { infoOf, type Selected } from './selected.js';
import { awaitThen, isPromise } from './promises.js';

/**
 * Executes what is selected of the objects of a type, once the type has told that they are its own (`isTypeOf`).
 *
 * @param plan asked for when there is an object
 */
export function objectCompleter(
  type: GraphQLObjectType,
  selected: Selected,
  plan: () => ObjectPlan,
): Complete {
  if (!type.isTypeOf) return (execution, value, path) => plan().execute(execution, value, path);

  return (execution, value, path, field) => {
    // What is selected comes first, as in graphql-js: that fails where a condition is neither true nor false.
    const { execute } = plan();
    const isOfType = type.isTypeOf?.(value, execution.contextValue, infoOf(selected, field, execution));
    if (!isPromise(isOfType)) {
      expect(isOfType, value);
      return execute(execution, value, path);
    }
    return awaitThen(execution, isOfType, (later) => {
      expect(later, value);
      return execute(execution, value, path);
    });
  };

  function expect(isOfType: unknown, value: unknown): void {
    if (isOfType) return;
    const { nodes } = selected;
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
  }
}
