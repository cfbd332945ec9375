import { encodeTime } from 'ulid';
import { randomSequence } from '../random.js';
import type { Range } from './scenarios.js';

/** Earlier than the ids of the named demo data, so that those come first in lists. */
const FIRST_ID_TIME = Date.UTC(2016, 0, 1);

/** Draws the same random values in the same order every time. */
export class SeededRandom {
  readonly #random: () => number;
  #ids = 0;

  constructor(seed: number) {
    this.#random = randomSequence(seed);
  }

  between([min, max]: Range): number {
    return min + this.#random() * (max - min);
  }

  integer(range: Range): number {
    return Math.round(this.between(range));
  }

  rate(range: Range): number {
    return Math.round(this.between(range) * 10_000) / 10_000;
  }

  price(range: Range): number {
    return Math.round(this.between(range) * 100) / 100;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('Cannot pick from an empty list');
    return item;
  }

  /** A ULID later than all previous ones; it does not depend on the current time. */
  id(): string {
    this.#ids += 1;
    const half = (): string => encodeTime(Math.floor(this.between([0, 2 ** 40])), 8);
    return encodeTime(FIRST_ID_TIME + this.#ids * 60_000, 10) + half() + half();
  }
}
