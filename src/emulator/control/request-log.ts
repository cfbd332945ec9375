import type { IncomingHttpHeaders } from 'node:http';

/** One request as it came. `status` is null until it is answered, and stays so where the answer was cut off. */
export interface LoggedRequest {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** With the base's `/v1` and the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  status: number | null;
}

const LIMIT = 10_000;

/** The newest requests, oldest first. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #sequence = 0;

  add(request: Omit<LoggedRequest, 'sequence' | 'status'>): LoggedRequest {
    this.#sequence += 1;
    const entry: LoggedRequest = { sequence: this.#sequence, ...request, status: null };
    this.#entries.push(entry);
    // Cut in lumps: to shift the whole list for each request would be slow.
    if (this.#entries.length >= 2 * LIMIT) this.#entries = this.list();
    return entry;
  }

  list(): LoggedRequest[] {
    return this.#entries.slice(-LIMIT);
  }

  clear(): void {
    this.#entries = [];
    this.#sequence = 0;
  }
}
