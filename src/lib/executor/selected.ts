import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, ResponsePath } from 'graphql';
import type { Execution } from './execution.js';

/** What is selected under one response name of an object: one field, by one node or several that are merged. */
export interface Selected {
  readonly responseName: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  /** The first of them, which has the arguments. They all have the same. */
  readonly node: FieldNode;
}

export function nameOf({ parentType, definition }: Selected): string {
  return `${parentType.name}.${definition.name}`;
}

export function pathOf({ responseName, parentType }: Selected, prev: ResponsePath | undefined): ResponsePath {
  return { prev, key: responseName, typename: parentType.name };
}

/** @param path of the field */
export function infoOf(
  { definition, nodes, parentType }: Selected,
  path: ResponsePath,
  { operation: { schema, fragments, definition: operation }, variableValues }: Execution,
): GraphQLResolveInfo {
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues,
  };
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze(
  Object.create(null) as Record<string, unknown>,
);

/** What a property may be read from: nothing comes of text or numbers. */
export function propertiesOf(source: unknown): Readonly<Record<string, unknown>> {
  const hasThem = (typeof source === 'object' && source !== null) || typeof source === 'function';
  return hasThem ? (source as Readonly<Record<string, unknown>>) : NOTHING;
}
