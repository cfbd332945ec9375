/** When the promises of random resolvers settle. */

/**
 * - `tasks`: each promise in a task of its own, in random order. Then the order of errors is the same in every executor.
 * - `microtasks`: after a random number of microtasks, so that errors race
 * - `timers`: after some milliseconds
 */
export type Timing = 'tasks' | 'microtasks' | 'timers';

interface Entry {
  readonly order: number;
  readonly resolve: () => void;
}

/** Settles promises as a `Timing` says. */
export class Schedule {
  #tasks: Entry[] = [];
  #timers = 0;

  constructor(private readonly timing: Timing) {}

  /** @param roll a random number below its argument */
  async wait(roll: (below: number) => number): Promise<void> {
    switch (this.timing) {
      case 'tasks':
        return this.#task(roll(1_000_000));
      case 'timers':
        return this.#timer(roll(6));
      case 'microtasks':
        for (let left = roll(6); left > 0; left -= 1) await Promise.resolve();
    }
  }

  /** Waits until nothing is scheduled any more, and all that it led to has happened. */
  async idle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#tasks.length > 0 || this.#timers > 0);
  }

  #task(order: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#tasks.push({ order, resolve }) === 1) setImmediate(this.#next);
    });
  }

  readonly #next = (): void => {
    this.#tasks.sort((one, other) => one.order - other.order);
    this.#tasks.shift()?.resolve();
    if (this.#tasks.length > 0) setImmediate(this.#next);
  };

  #timer(milliseconds: number): Promise<void> {
    this.#timers += 1;
    return new Promise((resolve) => {
      setTimeout(() => {
        this.#timers -= 1;
        resolve();
      }, milliseconds);
    });
  }
}
