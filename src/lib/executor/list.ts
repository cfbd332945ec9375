import { GraphQLError, type ResponsePath } from 'graphql';
import type { CompleteValue, Execution, Position } from './execution.js';
import { qualifiedName, type SelectedField } from './selected-field.js';
import { PendingContainer, PendingValue } from './pending.js';
import { awaitPosition, isPromise } from './promises.js';

/** Completes each item of an iterable object. */
export function listCompleter(item: Position, selected: SelectedField): CompleteValue {
  return (execution, value, path, field) => {
    if (!isIterableObject(value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${qualifiedName(selected)}".`,
      );
    }
    const items: unknown[] = [];
    let container: PendingContainer | undefined;
    for (const raw of value) {
      const key = items.length;
      const completed = completeItem(execution, item, raw, { prev: path, key, typename: undefined }, field);
      if (completed instanceof PendingValue) {
        container ??= new PendingContainer(execution);
        container.addChild(completed, key);
        items.push(undefined);
      } else {
        items.push(completed);
      }
    }
    return container === undefined ? items : container.withChildren(items);
  };
}

/** Completes a list item, which may be a promise. */
export function completeItem(
  execution: Execution,
  position: Position,
  value: unknown,
  path: ResponsePath,
  field: ResponsePath,
): unknown {
  try {
    const completed = isPromise(value)
      ? awaitPosition(execution, position, path, field, value)
      : position.complete(execution, value, path, field);
    if (completed instanceof PendingValue) completed.locate(position, path);
    return completed;
  } catch (raw) {
    return execution.fail(position, path, raw);
  }
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function'
  );
}
