import type { ResponsePath } from 'graphql';
import type { Execution, Slot } from './execution.js';
import { Pending } from './pending.js';

/** By its `then`, as graphql-js tells. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/** What `complete` makes of what a promise brings. */
export function awaitThen(
  execution: Execution,
  promise: PromiseLike<unknown>,
  complete: (value: unknown) => unknown,
): Pending {
  const pending = new Pending(execution);
  promise.then(
    (value) => {
      let completed: unknown;
      try {
        completed = complete(value);
      } catch (raw) {
        pending.reject(raw);
        return;
      }
      pending.settle(completed);
    },
    (raw: unknown) => pending.reject(raw),
  );
  return pending;
}

/**
 * The value of a slot that a promise was given for.
 *
 * @param field the path of the field
 */
export function awaitSlot(
  execution: Execution,
  slot: Slot,
  path: ResponsePath,
  field: ResponsePath,
  promise: PromiseLike<unknown>,
): Pending {
  return awaitThen(execution, promise, (value) => slot.complete(execution, value, path, field));
}
