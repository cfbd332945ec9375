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
  promiseOf(promise).then(
    (value) => {
      try {
        settle(pending, complete, value);
      } catch (thrown) {
        execution.answer?.abort(thrown);
      }
    },
    (raw: unknown) => pending.reject(raw),
  );
  return pending;
}

/** @throws what is no error of the value: nothing in the response can be null for it */
function settle(pending: Pending, complete: (value: unknown) => unknown, value: unknown): void {
  let completed: unknown;
  try {
    completed = complete(value);
  } catch (raw) {
    pending.reject(raw);
    return;
  }
  pending.settle(completed);
}

/**
 * Only a promise of the language itself is sure to call back later, once, and not while the call of its `then` is under
 * way; any other that has a `then` is given to one.
 */
function promiseOf(promise: PromiseLike<unknown>): Promise<unknown> {
  const isNative = promise instanceof Promise && promise.then === Promise.prototype.then;
  return isNative ? promise : new Promise((resolve) => resolve(promise));
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
