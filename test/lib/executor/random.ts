// A constant, because tests are slow at looking up globals.
const { imul } = Math;

/** A number from 0 on, below `below`, that is always the same for the same `key`, and looks like any other. */
export function hash(key: string, below: number): number {
  let state = 2166136261;
  for (let index = 0; index < key.length; index += 1) {
    state = imul(state ^ key.charCodeAt(index), 16777619);
  }
  state = imul(state ^ (state >>> 16), 2246822507);
  state = imul(state ^ (state >>> 13), 3266489909);
  return ((state ^ (state >>> 16)) >>> 0) % below;
}

/** Choices that are read off a list of numbers, and the first one when that has come to its end: so they can be shrunk. */
export class Choices {
  #next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** From 0 on, below `below`. */
  number(below: number): number {
    const number = this.numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % below;
  }

  of<T>(values: readonly T[]): T {
    return values[this.number(values.length)]!;
  }

  /** In so many of 100 cases. */
  inPercent(percent: number): boolean {
    return this.number(100) >= 100 - percent;
  }
}
