import type { CancelSignal } from '../../../src/lib/http1/http1-client.js';

/** A `CancelSignal` that can be cancelled. */
export class Cancellation implements CancelSignal {
  cancelled = false;
  readonly #listeners = new Set<() => void>();

  onCancel(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offCancel(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  cancel(): void {
    this.cancelled = true;
    for (const listener of [...this.#listeners]) listener();
  }
}
