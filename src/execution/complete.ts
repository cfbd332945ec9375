import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { abstractCompleter } from './abstract.js';
import type { Complete, PlanOf, Slot } from './execution.js';
import { nameOf, type Selected } from './selected.js';
import { leafCompleter } from './leaf.js';
import { listCompleter } from './list.js';
import { objectCompleter } from './object.js';

/** What values are completed with. */
export interface Completing {
  readonly schema: GraphQLSchema;
  readonly planOf: PlanOf;
}

type NullableOutputType = GraphQLLeafType | GraphQLCompositeType | GraphQLList<GraphQLOutputType>;

/** The slot of a field, or of the items in it, by its type. */
export function slotOf(type: GraphQLOutputType, selected: Selected, completing: Completing): Slot {
  const { nodes } = selected;
  if (!isNonNullType(type)) {
    return { nodes, nullable: true, complete: nullable(completerOf(type, selected, completing)) };
  }
  const complete = nonNull(completerOf(type.ofType, selected, completing), nameOf(selected));
  return { nodes, nullable: false, complete };
}

function completerOf(type: NullableOutputType, selected: Selected, completing: Completing): Complete {
  if (isListType(type)) return listCompleter(slotOf(type.ofType, selected, completing), selected);
  if (isLeafType(type)) return leafCompleter(type);
  if (isObjectType(type)) return objectCompleter(type, selected, completing.planOf);
  return abstractCompleter(type, selected, completing.schema, completing.planOf);
}

function nullable(complete: Complete): Complete {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    return value === undefined || value === null ? null : complete(execution, value, path, field);
  };
}

/** Completed values are null only where they were that before: leaves that serialize as null have thrown. */
function nonNull(complete: Complete, name: string): Complete {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    if (value === undefined || value === null) {
      throw new Error(`Cannot return null for non-nullable field ${name}.`);
    }
    return complete(execution, value, path, field);
  };
}
