/**
 * Runs background jobs side by side, one step after the other with a pause in between. A step that throws ends its job for
 * this process; what it had done is in the database, so the next start goes on there.
 */
export class JobRunner {
  readonly #timers = new Set<NodeJS.Timeout>();

  /**
   * @param stepMs the pause before each step, in milliseconds
   * @param onError is told what a step threw
   */
  constructor(
    private readonly stepMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param step does one piece of the job, and answers whether there is more to do */
  start(step: () => boolean): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        if (step()) this.start(step);
      } catch (error) {
        this.onError(error);
      }
    }, this.stepMs);
    this.#timers.add(timer);
  }

  /** Takes no further step of any job. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
