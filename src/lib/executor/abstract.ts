import {
  defaultTypeResolver,
  GraphQLError,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { CompleteValue } from './execution.js';
import { resolveInfo, qualifiedName, type SelectedField } from './selected-field.js';
import { awaitPromise, isPromise } from './promises.js';

/**
 * Completes values of an interface or union as the object type that they resolve to (GraphQL, 6.4.3).
 *
 * @param completerOf called once for each object type
 */
export function abstractCompleter(
  type: GraphQLAbstractType,
  selected: SelectedField,
  schema: GraphQLSchema,
  completerOf: (type: GraphQLObjectType) => CompleteValue,
): CompleteValue {
  const completers = new Map<unknown, CompleteValue>();
  return (execution, value, path, field) => {
    const info = resolveInfo(selected, field, execution);
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const typeName: unknown = resolveType(value, execution.contextValue, info, type);
    return isPromise(typeName)
      ? awaitPromise(execution, typeName, (name) => completerFor(name, value)(execution, value, path, field))
      : completerFor(typeName, value)(execution, value, path, field);
  };

  function completerFor(typeName: unknown, value: unknown): CompleteValue {
    const known = completers.get(typeName);
    if (known !== undefined) return known;
    const completer = completerOf(objectTypeFrom(typeName, type, selected, schema, value));
    completers.set(typeName, completer);
    return completer;
  }
}

/** @throws {GraphQLError} if `resolveType` did not return the name of a possible type */
function objectTypeFrom(
  typeName: unknown,
  type: GraphQLAbstractType,
  selected: SelectedField,
  schema: GraphQLSchema,
  value: unknown,
): GraphQLObjectType {
  const { nodes } = selected;
  if (typeName === undefined || typeName === null) {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${qualifiedName(selected)}". ` +
        `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  }
  if (isObjectType(typeName)) {
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof typeName !== 'string') {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${qualifiedName(selected)}" with ` +
        `value ${inspect(value)}, received "${inspect(typeName)}".`,
    );
  }
  const objectType = schema.getType(typeName);
  if (objectType === undefined) {
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${typeName}" that does not exist inside the schema.`,
      { nodes },
    );
  }
  if (!isObjectType(objectType)) {
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${typeName}".`, {
      nodes,
    });
  }
  if (!schema.isSubType(type, objectType)) {
    throw new GraphQLError(
      `Runtime Object type "${objectType.name}" is not a possible type for "${type.name}".`,
      { nodes },
    );
  }
  return objectType;
}
