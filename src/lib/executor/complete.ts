import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { abstractCompleter } from './abstract.js';
import type { Complete, ObjectPlan, PlanOf, Slot } from './execution.js';
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

/** What the values of a field, or the items in it, are completed to, by its type. */
export function slotOf(type: GraphQLOutputType, selected: Selected, completing: Completing): Slot {
  const { nodes } = selected;
  if (!isNonNullType(type)) return { nodes, nullable: true, ...completerOf(type, selected, completing) };
  const { complete, shape } = completerOf(type.ofType, selected, completing);
  return { nodes, nullable: false, complete: nonNull(complete, selected), shape };
}

type Completer = Pick<Slot, 'complete' | 'shape'>;

const OTHER = { kind: 'other' } as const;

function completerOf(type: NullableOutputType, selected: Selected, completing: Completing): Completer {
  if (isLeafType(type)) return leafCompleterOf(type);
  if (isListType(type)) {
    const item = slotOf(type.ofType, selected, completing);
    return { complete: nullable(listCompleter(item, selected)), shape: { kind: 'list', item } };
  }
  if (isObjectType(type)) {
    const plan = planOnce(type, selected, completing.planOf);
    const complete = nullable(objectCompleter(type, selected, plan));
    return { complete, shape: type.isTypeOf ? OTHER : { kind: 'object', plan } };
  }
  const complete = abstractCompleter(type, selected, completing.schema, (objectType) =>
    objectCompleter(objectType, selected, planOnce(objectType, selected, completing.planOf)),
  );
  return { complete: nullable(complete), shape: OTHER };
}

const leaves = new WeakMap<GraphQLLeafType, Completer>();

/** The same for all fields of the type. */
function leafCompleterOf(type: GraphQLLeafType): Completer {
  const known = leaves.get(type);
  if (known !== undefined) return known;
  const completer: Completer = { complete: nullable(leafCompleter(type)), shape: { kind: 'leaf', type } };
  leaves.set(type, completer);
  return completer;
}

function planOnce(type: GraphQLObjectType, { nodes }: Selected, planOf: PlanOf): () => ObjectPlan {
  let plan: ObjectPlan | undefined;
  return () => (plan ??= planOf(type, nodes));
}

function nullable(complete: Complete): Complete {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    return value === undefined || value === null ? null : complete(execution, value, path, field);
  };
}

/** Completed values are null only where they were that before: leaves that serialize as null have thrown. */
function nonNull(complete: Complete, selected: Selected): Complete {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    if (value === undefined || value === null) {
      throw new Error(`Cannot return null for non-nullable field ${nameOf(selected)}.`);
    }
    return complete(execution, value, path, field);
  };
}
