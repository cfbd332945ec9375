/**
 * Runs background jobs concurrently, each one step at a time with a pause before every step. A step that throws
 * stops its job until the next start, which resumes from the progress in the database.
 */
export class JobRunner {
  readonly #timers = new Set<NodeJS.Timeout>();

  /**
   * @param stepMs the pause before each step, in milliseconds
   * @param onError receives the errors that steps throw
   */
  constructor(
    private readonly stepMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param step performs one step and returns whether more remain */
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

  /** Stops all jobs before their next step. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
