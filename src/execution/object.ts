import { GraphQLError, type GraphQLObjectType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Complete, PlanOf, ObjectPlan } from './execution.js';
import { infoOf, type Selected } from './selected.js';
import { awaitThen, isPromise } from './promises.js';

/** Executes what is selected of the objects of a type, once the type has told that they are its own (`isTypeOf`). */
export function objectCompleter(type: GraphQLObjectType, selected: Selected, planOf: PlanOf): Complete {
  let plan: ObjectPlan | undefined;
  const execute: Complete = (execution, value, path) => {
    plan ??= planOf(type, selected.nodes);
    return plan.execute(execution, value, path);
  };
  if (!type.isTypeOf) return execute;

  return (execution, value, path, field) => {
    const check = (isOfType: unknown) => {
      if (isOfType) return execute(execution, value, path, field);
      throw new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, {
        nodes: selected.nodes,
      });
    };
    const isOfType = type.isTypeOf?.(value, execution.contextValue, infoOf(selected, field, execution));
    return isPromise(isOfType) ? awaitThen(execution, isOfType, check) : check(isOfType);
  };
}
