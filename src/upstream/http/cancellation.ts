/**
 * Ends what listens to it, once. What an `AbortSignal` is for, without the cost of an `EventTarget`: one operation can
 * start a hundred reads, each of which listens.
 */
export class Cancellation {
  #cancelled = false;
  #listeners: Set<() => void> | undefined;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** `listener` is called at most once, and never where it is already over. */
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
