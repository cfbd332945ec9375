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
import type { CompleteValue, ObjectPlan, PlanOf, Position } from './execution.js';
import { qualifiedName, type SelectedField } from './selected-field.js';
import { leafCompleter } from './leaf.js';
import { listCompleter } from './list.js';
import { objectCompleter } from './object.js';

export interface PlanContext {
  readonly schema: GraphQLSchema;
  readonly planOf: PlanOf;
}

type NullableOutputType = GraphQLLeafType | GraphQLCompositeType | GraphQLList<GraphQLOutputType>;

/** Plans how values of a type are completed, recursively for lists. */
export function positionOf(type: GraphQLOutputType, selected: SelectedField, context: PlanContext): Position {
  const { nodes } = selected;
  if (!isNonNullType(type)) return { nodes, nullable: true, ...completerOf(type, selected, context) };
  const { complete, shape } = completerOf(type.ofType, selected, context);
  return { nodes, nullable: false, complete: nonNull(complete, selected), shape };
}

type CompletedAs = Pick<Position, 'complete' | 'shape'>;

const OTHER = { kind: 'other' } as const;

function completerOf(type: NullableOutputType, selected: SelectedField, context: PlanContext): CompletedAs {
  if (isLeafType(type)) return leafCompleterOf(type);
  if (isListType(type)) {
    const item = positionOf(type.ofType, selected, context);
    return { complete: nullable(listCompleter(item, selected)), shape: { kind: 'list', item } };
  }
  if (isObjectType(type)) {
    const plan = lazyPlan(type, selected, context.planOf);
    const complete = nullable(objectCompleter(type, selected, plan));
    return { complete, shape: type.isTypeOf ? OTHER : { kind: 'object', plan } };
  }
  const complete = abstractCompleter(type, selected, context.schema, (objectType) =>
    objectCompleter(objectType, selected, lazyPlan(objectType, selected, context.planOf)),
  );
  return { complete: nullable(complete), shape: OTHER };
}

const leaves = new WeakMap<GraphQLLeafType, CompletedAs>();

/** Shared by all fields of the type. */
function leafCompleterOf(type: GraphQLLeafType): CompletedAs {
  const known = leaves.get(type);
  if (known !== undefined) return known;
  const completer: CompletedAs = { complete: nullable(leafCompleter(type)), shape: { kind: 'leaf', type } };
  leaves.set(type, completer);
  return completer;
}

function lazyPlan(type: GraphQLObjectType, { nodes }: SelectedField, planOf: PlanOf): () => ObjectPlan {
  let plan: ObjectPlan | undefined;
  return () => (plan ??= planOf(type, nodes));
}

function nullable(complete: CompleteValue): CompleteValue {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    return value === undefined || value === null ? null : complete(execution, value, path, field);
  };
}

/** Checks the value before completion only, because completion never turns a value into null. */
function nonNull(complete: CompleteValue, selected: SelectedField): CompleteValue {
  return (execution, value, path, field) => {
    if (value instanceof Error) throw value;
    if (value === undefined || value === null) {
      throw new Error(`Cannot return null for non-nullable field ${qualifiedName(selected)}.`);
    }
    return complete(execution, value, path, field);
  };
}
