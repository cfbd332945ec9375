import { encodeTime } from 'ulid';
import { randomSequence } from '../random.js';
import type { Range } from './situations.js';

/** Before the ids that the demo names, so that those come first in lists. */
const FIRST_ID_TIME = Date.UTC(2016, 0, 1);

/** Draws the same values in the same order every time. */
export class Draw {
  readonly #random: () => number;
  #ids = 0;

  constructor(seed: number) {
    this.#random = randomSequence(seed);
  }

  between([min, max]: Range): number {
    return min + this.#random() * (max - min);
  }

  whole(range: Range): number {
    return Math.round(this.between(range));
  }

  /** Rounded to four decimal places, as rates are. */
  rate(range: Range): number {
    return Math.round(this.between(range) * 10_000) / 10_000;
  }

  /** Rounded to two decimal places, as prices are. */
  price(range: Range): number {
    return Math.round(this.between(range) * 100) / 100;
  }

  oneOf<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('There is nothing to draw from');
    return item;
  }

  /** A ULID later than all drawn before; it does not depend on the time of day. */
  id(): string {
    this.#ids += 1;
    const half = (): string => encodeTime(Math.floor(this.between([0, 2 ** 40])), 8);
    return encodeTime(FIRST_ID_TIME + this.#ids * 60_000, 10) + half() + half();
  }
}
