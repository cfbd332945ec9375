import { GraphQLError, type ResponsePath } from 'graphql';
import type { Complete, Execution, Slot } from './execution.js';
import { nameOf, type Selected } from './selected.js';
import { LIST, Pending, Whole } from './pending.js';
import { awaitSlot, isPromise } from './promises.js';

/** Completes each item of whatever can be iterated over, strings excepted. */
export function listCompleter(item: Slot, selected: Selected): Complete {
  return (execution, value, path, field) => {
    if (!isIterableObject(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(selected)}".`);
    }
    const parts: unknown[] = [];
    let whole: Whole | undefined;
    for (const one of value) {
      const key = parts.length;
      const part = completeItem(execution, item, one, { prev: path, key, typename: undefined }, field);
      if (part instanceof Pending) {
        whole ??= new Whole(execution, LIST);
        whole.await(part, key);
        parts.push(undefined);
      } else {
        parts.push(part);
      }
    }
    return whole === undefined ? parts : whole.of(parts);
  };
}

/** Completes whatever an iterable gave as an item. */
export function completeItem(
  execution: Execution,
  slot: Slot,
  value: unknown,
  path: ResponsePath,
  field: ResponsePath,
): unknown {
  try {
    const part = isPromise(value)
      ? awaitSlot(execution, slot, path, field, value)
      : slot.complete(execution, value, path, field);
    if (part instanceof Pending) part.at(slot, path);
    return part;
  } catch (raw) {
    return execution.fail(slot, path, raw);
  }
}

function isIterableObject(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function'
  );
}
