/**
 * What a stream of results has for its client. After anything but a result, the stream is over.
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
  /** The next delivery. It is called again only when the last one has been handed to the client. Never rejects. */
  pull(): Promise<Delivery>;
  /** Ends the stream, because its client has gone or has unsubscribed. */
  close(): void;
}

/** The stream of an operation that has one result. */
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
