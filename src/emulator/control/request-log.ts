import type { IncomingHttpHeaders } from 'node:http';

/** One received request. `status` is null until the response is sent, and stays null if it was cut off. */
export interface LoggedRequest {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** As it was sent, with `/v1` and the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  status: number | null;
}

const LIMIT = 10_000;

/** Keeps the newest requests, oldest first. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #sequence = 0;

  add(request: Omit<LoggedRequest, 'sequence' | 'status'>): LoggedRequest {
    this.#sequence += 1;
    const entry: LoggedRequest = { sequence: this.#sequence, ...request, status: null };
    this.#entries.push(entry);
    // Trimmed in bulk, because shifting the whole list for each request is slow.
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
