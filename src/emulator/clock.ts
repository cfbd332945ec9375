/** The emulator's time in milliseconds since the epoch. The control surface can shift it. */
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

  reset(): void {
    this.#offset = 0;
  }
}

/** Formats a time as the API does: RFC 3339 in UTC with three fractional digits. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
