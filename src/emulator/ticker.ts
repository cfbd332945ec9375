/** Runs something again and again, until it is stopped. */
export class Ticker {
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param onError receives what a run throws; the next one still happens
   */
  constructor(
    private readonly run: () => void,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      try {
        this.run();
      } catch (error) {
        this.onError(error);
      }
    }, this.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
