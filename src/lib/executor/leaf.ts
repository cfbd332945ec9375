import type { GraphQLLeafType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { CompleteValue } from './execution.js';
import { awaitPromise, isPromise } from './promises.js';

/** Serializes scalars and enums (GraphQL, 6.4.3). */
export function leafCompleter(type: GraphQLLeafType): CompleteValue {
  return (execution, value) => {
    const serialized: unknown = type.serialize(value);
    if (serialized === undefined || serialized === null) {
      throw new Error(
        `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, ` +
          `returned: ${inspect(serialized)}`,
      );
    }
    return isPromise(serialized) ? awaitPromise(execution, serialized, (later) => later) : serialized;
  };
}
