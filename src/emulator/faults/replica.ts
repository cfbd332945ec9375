import type { HttpResponse } from '../http/response.js';

/** Simulates a replica that lags one change behind: it keeps each fielding run as it was before its last change. */
export class Replica {
  readonly #responses = new Map<string, HttpResponse>();

  remember(path: string, response: HttpResponse): void {
    this.#responses.set(path, response);
  }

  /** @returns undefined if the run has not changed yet */
  read(path: string): HttpResponse | undefined {
    return this.#responses.get(path);
  }

  clear(): void {
    this.#responses.clear();
  }
}
