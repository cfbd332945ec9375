/**
 * Notifies its listeners once. It does the work of an `AbortSignal` without the cost of an `EventTarget`: one operation can
 * start a hundred reads, and each of them listens.
 */
export class Cancellation {
  #cancelled = false;
  #listeners: Set<() => void> | undefined;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Calls `listener` at most once, and never if the cancellation has already happened. */
  onCancel(listener: () => void): void {
    (this.#listeners ??= new Set()).add(listener);
  }

  offCancel(listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
