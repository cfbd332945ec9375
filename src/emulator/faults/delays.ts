/** Delays that can be cancelled together, so that no request holds up the shutdown of the server. */
export class Delays {
  readonly #pending = new Map<NodeJS.Timeout, (passed: boolean) => void>();

  /** Resolves to true after `milliseconds`, or to false if cancelled. */
  async wait(milliseconds = 0): Promise<boolean> {
    if (milliseconds === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending.delete(timer);
        resolve(true);
      }, milliseconds);
      this.#pending.set(timer, resolve);
    });
  }

  cancelAll(): void {
    for (const [timer, resolve] of this.#pending) {
      clearTimeout(timer);
      resolve(false);
    }
    this.#pending.clear();
  }
}
