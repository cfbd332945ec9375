import { GraphQLError, type GraphQLObjectType, type ResponsePath } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Complete, Execution, ObjectPlan } from './execution.js';
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
    const isOfType = type.isTypeOf?.(value, execution.contextValue, infoOf(selected, field, execution));
    return isPromise(isOfType)
      ? awaitThen(execution, isOfType, (later) => executeIf(later, execution, value, path))
      : executeIf(isOfType, execution, value, path);
  };

  function executeIf(isOfType: unknown, execution: Execution, value: unknown, path: ResponsePath): unknown {
    if (isOfType) return plan().execute(execution, value, path);
    const { nodes } = selected;
    throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
  }
}
