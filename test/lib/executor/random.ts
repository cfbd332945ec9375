// Looking up globals is slow in Jest.
const { imul } = Math;

/** A pseudorandom integer from 0 up to, but not including, `below` that depends only on `key`. */
export function hash(key: string, below: number): number {
  let state = 2166136261;
  for (let index = 0; index < key.length; index += 1) {
    state = imul(state ^ key.charCodeAt(index), 16777619);
  }
  state = imul(state ^ (state >>> 16), 2246822507);
  state = imul(state ^ (state >>> 13), 3266489909);
  return ((state ^ (state >>> 16)) >>> 0) % below;
}

/** Makes choices from a list of numbers, so that fast-check can shrink them. After its end, the first option is chosen. */
export class Choices {
  #next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** From 0 up to, but not including, `below`. */
  number(below: number): number {
    const number = this.numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % below;
  }

  of<T>(values: readonly T[]): T {
    return values[this.number(values.length)]!;
  }

  inPercent(percent: number): boolean {
    return this.number(100) >= 100 - percent;
  }
}
