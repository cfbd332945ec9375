/** The header fields of a request that operations depend on; undefined where it has none of the name. */
export interface RequestFields {
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly contentType: string;
  /** JSON. */
  readonly body: string;
  /** Further header fields, by names that the answer does not have without them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the gateway closes, and wants no further request on the connection. */
  readonly closing: boolean;
}

/** A request that may be for an operation, and the way to answer it: as much of HTTP as operations have to do with. */
export interface Exchange {
  readonly fields: RequestFields;
  /** The same for all requests on a connection, and only for those. */
  readonly connection: object;
  /** Whether it has its answer, or its caller has gone. */
  readonly isOver: boolean;

  /** @param listener told whether the answer was written, or the caller has gone before */
  onOver(listener: (answered: boolean) => void): void;

  /**
   * Reads the body.
   *
   * @param maxBytes where reading ends; what is over it is not kept
   * @param done given the whole body, or a beginning of it that is longer than `maxBytes`. Not called where the caller goes
   *   away in the middle
   */
  readBody(maxBytes: number, done: (body: Buffer) => void): void;

  /** Writes the answer, for any origin to read. Nothing happens where the exchange is over. */
  answer(answer: JsonAnswer): void;
}
