import type { HttpAnswer } from '../http/answer.js';

/** What a replica that lags one change behind would answer: each fielding run as it was before its last change. */
export class Replica {
  readonly #answers = new Map<string, HttpAnswer>();

  /** @param path of the run, below the base */
  beforeChange(path: string, answer: HttpAnswer): void {
    this.#answers.set(path, answer);
  }

  /**
   * @param ifNoneMatch the entity tags that the caller has seen
   * @returns undefined where nothing has changed yet
   */
  read(path: string, ifNoneMatch: string | undefined): HttpAnswer | undefined {
    const answer = this.#answers.get(path);
    const etag = answer?.headers?.['etag'];
    return etag !== undefined && etag === ifNoneMatch ? { status: 304, headers: { etag } } : answer;
  }

  clear(): void {
    this.#answers.clear();
  }
}
