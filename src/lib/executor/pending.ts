/**
 * Values that depend on promises. graphql-js chains several promises for each field and object; here a settled value is
 * written into its object or list directly, so resolvers' promises are the only ones.
 */
import type { ResponsePath } from 'graphql';
import { located, type Execution, type Position } from './execution.js';

export class PendingValue {
  // All properties are initialized here, because V8 is slow with objects whose shape changes later.
  private container: PendingContainer | undefined = undefined;
  private key: string | number = '';
  private position: Position | undefined = undefined;
  private path: ResponsePath | undefined = undefined;
  /** A pending value that settles as this one does. It has a container or dependent of its own. */
  private dependent: PendingValue | undefined = undefined;

  constructor(protected readonly execution: Execution) {}

  /** Sets the position of the value, where its errors are handled. */
  locate(position: Position, path: ResponsePath): void {
    this.position = position;
    this.path = path;
  }

  attachTo(container: PendingContainer, key: string | number): void {
    this.container = container;
    this.key = key;
  }

  forwardTo(dependent: PendingValue): void {
    this.dependent = dependent;
  }

  /** @param value a completed value, or a `PendingValue` to follow */
  resolveWith(value: unknown): void {
    if (value instanceof PendingValue) value.forwardTo(this);
    else this.fulfill(value);
  }

  fulfill(value: unknown): void {
    if (this.dependent !== undefined) this.dependent.fulfill(value);
    else this.container?.setChild(this.key, value);
  }

  /** @param raw the thrown value */
  reject(raw: unknown): void {
    const { dependent, position, path, container } = this;
    if (dependent !== undefined) {
      dependent.reject(raw);
      return;
    }
    if (position === undefined || path === undefined) return;
    const error = located(position, path, raw);
    if (position.nullable) {
      this.execution.add(error, path);
      container?.setChild(this.key, null);
    } else {
      container?.childFailed(error);
    }
  }
}

type Children = Record<string | number, unknown> | unknown[];

/** An object or list with pending values. */
export class PendingContainer extends PendingValue {
  /** Pending values are undefined in it until they settle. */
  private children: Children | undefined = undefined;
  private remaining = 0;
  private hasFailed = false;
  private delayedFailure: { readonly error: unknown } | undefined = undefined;

  addChild(child: PendingValue, key: string | number): void {
    this.remaining += 1;
    child.attachTo(this, key);
  }

  withChildren(children: Children): this {
    this.children = children;
    return this;
  }

  /** Fails once the children have settled, or one of them has failed as well. */
  failWhenSettled(error: unknown): this {
    this.delayedFailure = { error };
    return this;
  }

  setChild(key: string | number, value: unknown): void {
    const { delayedFailure, children } = this;
    if (children !== undefined) children[key as keyof Children] = value as never;
    this.remaining -= 1;
    if (this.remaining > 0) return;
    if (delayedFailure !== undefined) this.reject(delayedFailure.error);
    else this.fulfill(children);
  }

  /** Called when a non-nullable child fails. Only the first failure counts. */
  childFailed(error: unknown): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.reject(this.delayedFailure === undefined ? error : this.delayedFailure.error);
  }
}
