/** How an exchange ends, and who is told. */
export class Ending {
  #listeners: ((answered: boolean) => void)[] = [];
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @param listener told once, when it is over */
  onOver(listener: (answered: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** @param answered whether the answer was written; what is said after the first time is nothing */
  end(answered: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const listeners = this.#listeners;
    // Who has waited is in the old generation, and what it refers to is kept until that is looked through.
    this.#listeners = [];
    for (const listener of listeners) listener(answered);
  }
}
