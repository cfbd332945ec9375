import {
  defaultTypeResolver,
  GraphQLError,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { Complete } from './execution.js';
import { infoOf, nameOf, type Selected } from './selected.js';
import { awaitThen, isPromise } from './promises.js';

/**
 * Asks an interface or union of which object type a value is (GraphQL, 6.4.3), and completes it as one of that.
 *
 * @param completerOf asked for once for each object type
 */
export function abstractCompleter(
  type: GraphQLAbstractType,
  selected: Selected,
  schema: GraphQLSchema,
  completerOf: (type: GraphQLObjectType) => Complete,
): Complete {
  const completers = new Map<unknown, Complete>();
  return (execution, value, path, field) => {
    const info = infoOf(selected, field, execution);
    const resolveType = type.resolveType ?? defaultTypeResolver;
    const answer: unknown = resolveType(value, execution.contextValue, info, type);
    return isPromise(answer)
      ? awaitThen(execution, answer, (name) => completerFor(name, value)(execution, value, path, field))
      : completerFor(answer, value)(execution, value, path, field);
  };

  function completerFor(answer: unknown, value: unknown): Complete {
    const known = completers.get(answer);
    if (known !== undefined) return known;
    const completer = completerOf(objectTypeFrom(answer, type, selected, schema, value));
    completers.set(answer, completer);
    return completer;
  }
}

/** @throws {GraphQLError} where the answer of `resolveType` is no name of a type that may stand here */
function objectTypeFrom(
  answer: unknown,
  type: GraphQLAbstractType,
  selected: Selected,
  schema: GraphQLSchema,
  value: unknown,
): GraphQLObjectType {
  const { nodes } = selected;
  if (answer === undefined || answer === null) {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${nameOf(selected)}". ` +
        `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  }
  if (isObjectType(answer)) {
    throw new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof answer !== 'string') {
    throw new GraphQLError(
      `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${nameOf(selected)}" with ` +
        `value ${inspect(value)}, received "${inspect(answer)}".`,
    );
  }
  const objectType = schema.getType(answer);
  if (objectType === undefined) {
    throw new GraphQLError(
      `Abstract type "${type.name}" was resolved to a type "${answer}" that does not exist inside the schema.`,
      { nodes },
    );
  }
  if (!isObjectType(objectType)) {
    throw new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${answer}".`, {
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
