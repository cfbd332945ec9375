/**
 * An element of a stream. Every kind except `result` is the last one.
 *
 * - `result`: an execution result, as JSON
 * - `completed`: there will be no further result
 * - `failed`: the source of the events failed; `errors` is the JSON of a list of errors
 * - `expired`: the caller's token has expired; `errors` as above
 * - `closing`: the process ends, and the client should subscribe again elsewhere
 */
export type Delivery =
  | { readonly kind: 'result'; readonly text: string }
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed' | 'expired'; readonly errors: string }
  | { readonly kind: 'closing' };

/** The results of one operation, pulled by a transport. */
export interface OperationStream {
  /** Returns the next element. Call it again only when the client has taken the previous one. Never rejects. */
  pull(): Promise<Delivery>;
  /** Ends the stream, because the client has disconnected or unsubscribed. */
  close(): void;
}

/** A stream with one result. */
export class SingleResultStream implements OperationStream {
  #text: string | undefined;

  /** @param text the result, as JSON */
  constructor(text: string) {
    this.#text = text;
  }

  pull(): Promise<Delivery> {
    const text = this.#text;
    this.#text = undefined;
    return Promise.resolve(text === undefined ? { kind: 'completed' } : { kind: 'result', text });
  }

  close(): void {
    this.#text = undefined;
  }
}
