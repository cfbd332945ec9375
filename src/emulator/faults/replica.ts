import type { HttpAnswer } from '../http/answer.js';

/** What a replica that lags one change behind would answer: each fielding run as it was before its last change. */
export class Replica {
  readonly #answers = new Map<string, HttpAnswer>();

  /** @param path of the run, below the base */
  beforeChange(path: string, answer: HttpAnswer): void {
    this.#answers.set(path, answer);
  }

  /** @returns undefined where nothing has changed yet */
  read(path: string): HttpAnswer | undefined {
    return this.#answers.get(path);
  }

  clear(): void {
    this.#answers.clear();
  }
}
