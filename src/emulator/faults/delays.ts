/** Waits that can all be called off together, so that no request holds up the end of the server. */
export class Delays {
  readonly #pending = new Map<NodeJS.Timeout, (passed: boolean) => void>();

  /** Resolves to true after `milliseconds`, or to false once it is called off. */
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
