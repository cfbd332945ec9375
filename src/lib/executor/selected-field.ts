import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, ResponsePath } from 'graphql';
import type { Execution } from './execution.js';

/** A field that is selected under one response name, by one node or several merged ones. */
export interface SelectedField {
  readonly responseName: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  /** The first node. All have the same arguments. */
  readonly node: FieldNode;
}

export function qualifiedName({ parentType, definition }: SelectedField): string {
  return `${parentType.name}.${definition.name}`;
}

export function fieldPath(
  { responseName, parentType }: SelectedField,
  prev: ResponsePath | undefined,
): ResponsePath {
  return { prev, key: responseName, typename: parentType.name };
}

/** @param path the path of the field */
export function resolveInfo(
  { definition, nodes, parentType }: SelectedField,
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

/** The source itself, or an empty object for primitive sources, which have no fields in graphql-js. */
export function propertiesOf(source: unknown): Readonly<Record<string, unknown>> {
  const hasProperties = (typeof source === 'object' && source !== null) || typeof source === 'function';
  return hasProperties ? (source as Readonly<Record<string, unknown>>) : NOTHING;
}
