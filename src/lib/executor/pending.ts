/**
 * Values still to come. Where graphql-js makes promises from promises (three for a field, two for the object around it),
 * there is one for each promise of a resolver: the response is put together in place, and who waits is told directly.
 *
 * Where all goes well, it is only sooner. Errors, however, race: how many steps each takes through the promises of
 * graphql-js decides which of them are in the response, and in which order. So an error goes as many steps here.
 */
import type { ResponsePath } from 'graphql';
import { located, type Execution, type Slot } from './execution.js';

/** A value still to come: that of a slot, or what another one waits for. */
export class Pending {
  // Each property is there from the start: engines are slow with objects that get them one by one.
  /** The object or list that the value is a part of. */
  private whole: Whole | undefined = undefined;
  private key: string | number = '';
  private slot: Slot | undefined = undefined;
  private path: ResponsePath | undefined = undefined;
  /** What has this value for its own, where that is no part of something. */
  private heir: Pending | undefined = undefined;

  constructor(protected readonly execution: Execution) {}

  /** Says that this is the value of a slot. */
  at(slot: Slot, path: ResponsePath): void {
    this.slot = slot;
    this.path = path;
  }

  partOf(whole: Whole, key: string | number): void {
    this.whole = whole;
    this.key = key;
  }

  /** Says that this is the value of something that was pending before. */
  standFor(heir: Pending): void {
    this.heir = heir;
  }

  /** Takes what was completed: a value, or something that is pending in its turn. */
  settle(value: unknown): void {
    if (value instanceof Pending) value.standFor(this);
    else this.fulfil(value);
  }

  fulfil(value: unknown): void {
    if (this.isRacing()) this.execution.inSteps(1, () => this.give(value));
    else this.give(value);
  }

  /** @param raw whatever was thrown */
  reject(raw: unknown): void {
    this.execution.inSteps(1, () => {
      if (this.heir !== undefined) this.heir.reject(raw);
      else this.fail(raw);
    });
  }

  /** Whether it can be told from outside when this is there, because something waits for it to fail then. */
  protected isRacing(): boolean {
    if (!this.execution.failsLate) return false;
    for (let outer = this.heir ?? this.whole; outer !== undefined; outer = outer.heir ?? outer.whole)
      if (outer instanceof Whole && outer.isToFail()) return true;
    return false;
  }

  private give(value: unknown): void {
    if (this.heir !== undefined) this.heir.fulfil(value);
    else this.whole?.fill(this.key, value);
  }

  private fail(raw: unknown): void {
    const { slot, path, whole } = this;
    if (slot === undefined || path === undefined) return;
    const error = located(slot, path, raw);
    if (slot.nullable) {
      this.execution.add(error, path);
      whole?.fill(this.key, null);
    } else {
      whole?.partFailed(error);
    }
  }
}

type Parts = Record<string | number, unknown> | unknown[];

/** An object or list with parts still to come. Each part is missing from `parts` until it is there, but has its place. */
export class Whole extends Pending {
  private parts: Parts | undefined = undefined;
  private missing = 0;
  private failure: { readonly error: unknown } | undefined = undefined;
  private isOver = false;

  /** @param steps how many of them graphql-js takes from the last part to the whole: see {@link OBJECT}, {@link LIST} */
  constructor(
    execution: Execution,
    private readonly steps: number,
  ) {
    super(execution);
  }

  await(part: Pending, key: string | number): void {
    this.missing += 1;
    part.partOf(this, key);
  }

  of(parts: Parts): this {
    this.parts = parts;
    return this;
  }

  /** A part failed at once, when others were already to come. They have their time before the whole fails. */
  failLate(error: unknown): this {
    this.failure = { error };
    this.execution.failsLate = true;
    return this;
  }

  isToFail(): boolean {
    return this.failure !== undefined;
  }

  fill(key: string | number, value: unknown): void {
    const { failure, parts } = this;
    if (parts !== undefined) parts[key as keyof Parts] = value as never;
    this.missing -= 1;
    if (this.missing > 0) return;
    if (failure !== undefined) this.execution.inSteps(this.steps + 1, () => this.reject(failure.error));
    else if (this.isRacing()) this.execution.inSteps(this.steps, () => this.fulfil(parts));
    else this.fulfil(parts);
  }

  /** A part that cannot be null failed, and so does the whole: the first one decides. */
  partFailed(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    const { failure } = this;
    if (failure === undefined) this.execution.inSteps(this.steps, () => this.reject(error));
    else this.execution.inSteps(this.steps + 1, () => this.reject(failure.error));
  }
}

/** `Promise.all` of the parts, and `then` to put them together. */
export const OBJECT = 2;
/** `Promise.all` of the items. */
export const LIST = 1;
