/** An answer before it is written to a connection. `body` is sent as JSON; undefined: there is none. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
