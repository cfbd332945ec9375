/** A response before it is serialized. `body` is sent as JSON; undefined means no body. */
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
