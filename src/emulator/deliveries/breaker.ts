interface Endpoint {
  failures: number;
  openUntil: number;
}

/** Counts the consecutive failures of endpoints, and withholds deliveries from those that keep failing. */
export class EndpointBreaker {
  readonly #endpoints = new Map<string, Endpoint>();

  /**
   * @param failures after how many consecutive failures it opens
   * @param pauseMs how long it stays open; then one attempt shows whether it closes
   */
  constructor(
    private readonly failures: number,
    private readonly pauseMs: number,
  ) {}

  /** Until when nothing may be sent to a URL; undefined if it may be sent. */
  openUntil(url: string, now: number): number | undefined {
    const openUntil = this.#endpoints.get(url)?.openUntil ?? 0;
    return now < openUntil ? openUntil : undefined;
  }

  succeeded(url: string): void {
    this.#endpoints.delete(url);
  }

  failed(url: string, now: number): void {
    const failures = (this.#endpoints.get(url)?.failures ?? 0) + 1;
    this.#endpoints.set(url, { failures, openUntil: failures >= this.failures ? now + this.pauseMs : 0 });
  }

  reset(): void {
    this.#endpoints.clear();
  }
}
