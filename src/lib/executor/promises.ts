import type { ResponsePath } from 'graphql';
import type { Execution, Position } from './execution.js';
import { PendingValue } from './pending.js';

/** Any object with a `then` method, as in graphql-js. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * Completes the value of a promise with `complete`.
 *
 * Errors of the executor itself, such as a stack overflow, end the operation: no promise is left to reject with them.
 */
export function awaitPromise(
  execution: Execution,
  promise: PromiseLike<unknown>,
  complete: (value: unknown) => unknown,
): PendingValue {
  const pending = new PendingValue(execution);
  void toNative(promise).then(
    (value) => {
      try {
        settle(pending, complete, value);
      } catch (thrown) {
        execution.pendingResult?.abort(thrown);
      }
    },
    (raw: unknown) => {
      try {
        pending.reject(raw);
      } catch (thrown) {
        execution.pendingResult?.abort(thrown);
      }
    },
  );
  return pending;
}

function settle(pending: PendingValue, complete: (value: unknown) => unknown, value: unknown): void {
  let completed: unknown;
  try {
    completed = complete(value);
  } catch (raw) {
    pending.reject(raw);
    return;
  }
  pending.resolveWith(completed);
}

/** Other thenables may call back synchronously, twice, or with another thenable. A promise around them prevents that. */
function toNative(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise instanceof Promise && promise.then === Promise.prototype.then
    ? promise
    : new Promise((resolve) => resolve(promise));
}

/**
 * Completes the value of a promise at a position.
 *
 * @param field the path of the field
 */
export function awaitPosition(
  execution: Execution,
  position: Position,
  path: ResponsePath,
  field: ResponsePath,
  promise: PromiseLike<unknown>,
): PendingValue {
  return awaitPromise(execution, promise, (value) => position.complete(execution, value, path, field));
}
