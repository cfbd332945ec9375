/**
 * Notifies its listeners once. It does the work of an `AbortSignal` without the cost of an `EventTarget`: one operation can
 * start a hundred reads, and each of them listens.
 */
export class Cancellation {
  #cancelled = false;
  /** Most cancellations have one listener at a time, which needs no `Set`. */
  #first: (() => void) | undefined;
  #others: Set<() => void> | undefined;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Calls `listener` at most once, and never if the cancellation has already happened. */
  onCancel(listener: () => void): void {
    if (this.#first === listener) return;
    if (this.#first === undefined && this.#others === undefined) this.#first = listener;
    else (this.#others ??= new Set()).add(listener);
  }

  offCancel(listener: () => void): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#others?.delete(listener);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const first = this.#first;
    const others = this.#others;
    this.#first = this.#others = undefined;
    first?.();
    if (others !== undefined) for (const listener of others) listener();
  }
}
