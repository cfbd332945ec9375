/** The requests of a server that have no answer yet. */
export class RequestsUnderWay {
  #came = 0;
  readonly #underWay = new Set<number>();
  readonly #waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();

  /** To be called when a request comes. @returns to be called when it is over */
  begin(): () => void {
    const number = (this.#came += 1);
    this.#underWay.add(number);
    return () => {
      this.#end(number);
    };
  }

  /** Waits until the requests that are under way now have their answers. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#underWay.size === 0) resolve();
      else this.#waiting.add({ until: this.#came, resolve });
    });
  }

  #end(number: number): void {
    this.#underWay.delete(number);
    for (const waiter of this.#waiting) {
      if (oldest(this.#underWay) <= waiter.until) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}

/** A `Set` keeps the order in which its members came. */
function oldest(numbers: ReadonlySet<number>): number {
  for (const number of numbers) return number;
  return Infinity;
}
