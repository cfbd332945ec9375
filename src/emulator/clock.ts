/** The emulator's time: a source of milliseconds since the epoch, which the control surface can shift. */
export class Clock {
  #offset = 0;
  readonly #source: () => number;

  constructor(source: () => number) {
    this.#source = source;
  }

  now(): number {
    return this.#source() + this.#offset;
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  set(now: number): void {
    this.#offset = now - this.#source();
  }

  /** Back to the source's own time. */
  reset(): void {
    this.#offset = 0;
  }
}

/** RFC 3339 in UTC with three fractional digits, the only form that the API speaks. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
