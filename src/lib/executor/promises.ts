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
  react(
    promise,
    (value) => {
      try {
        settle(pending, complete, value);
      } catch (thrown) {
        execution.answer?.abort(thrown);
      }
    },
    (raw) => pending.reject(raw),
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

type Reaction = (settled: unknown) => void;

/**
 * Only a promise of the language itself is sure to call back once, later than in the call of its `then`, and with what is no
 * promise. Any other that has a `then` is held to that, without a promise around it: that would settle some turns later than
 * in graphql-js, and errors would come in another order.
 */
function react(promise: PromiseLike<unknown>, onValue: Reaction, onReason: Reaction): void {
  if (promise instanceof Promise && promise.then === Promise.prototype.then) {
    void promise.then(onValue, onReason);
    return;
  }
  let isInThen = true;
  let isSettled = false;
  const once = (reaction: Reaction): Reaction => {
    return (settled) => {
      if (isSettled) return;
      isSettled = true;
      if (isInThen) queueMicrotask(() => reaction(settled));
      else reaction(settled);
    };
  };
  const onReasonOnce = once(onReason);
  try {
    promise.then(
      once((value) => (isPromise(value) ? react(value, onValue, onReason) : onValue(value))),
      onReasonOnce,
    );
  } catch (thrown) {
    onReasonOnce(thrown);
  }
  isInThen = false;
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
