import type { paths } from '../../contract/demand-api.js';
import type { HttpResponse } from '../http/response.js';
import type { JsonSchema } from '../http/schemas.js';
import type { Services } from '../services.js';
import type { Caller } from '../store/accounts.js';

type Verb = 'get' | 'put' | 'post' | 'delete' | 'patch';
type VerbOf<Item> = { [V in Verb & keyof Item]: [Item[V]] extends [undefined] ? never : V }[Verb &
  keyof Item];

/** Every operation of the contract as `"METHOD /path"`. */
type RouteKey = { [P in keyof paths]: `${Uppercase<VerbOf<paths[P]>>} ${P}` }[keyof paths];

type OperationOf<Key extends RouteKey> = Key extends `${infer M} ${infer P extends keyof paths}`
  ? paths[P][Lowercase<M> & keyof paths[P]]
  : never;

type ParametersOf<Key extends RouteKey> =
  OperationOf<Key> extends { parameters: infer Parameters } ? Parameters : never;

type PathOf<Key extends RouteKey> = ParametersOf<Key> extends { path: infer Path } ? Path : unknown;
type QueryOf<Key extends RouteKey> =
  ParametersOf<Key> extends { query?: infer Query } ? NonNullable<Query> : unknown;
type BodyOf<Key extends RouteKey> =
  OperationOf<Key> extends { requestBody: { content: { 'application/json': infer Body } } }
    ? Body
    : undefined;

type ResponsesOf<Key extends RouteKey> =
  OperationOf<Key> extends { responses: infer Responses } ? Responses : never;
type SuccessOf<Key extends RouteKey> = Extract<keyof ResponsesOf<Key>, 200 | 201 | 202 | 204 | 301>;
type ContentOf<Response> = Response extends { content: { 'application/json': infer Body } }
  ? { readonly body: Body }
  : { readonly body?: undefined };

/** A request that has passed every check that needs no data. */
export interface Call<Path = unknown, Query = unknown, Body = unknown> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly header: (name: string) => string | undefined;
  /** The path and query as they were sent. */
  readonly url: string;
  readonly caller: Caller;
  readonly traceId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Route<Request extends Call = Call, Response = HttpResponse> {
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  /** Whether requests require an `Idempotency-Key`. A known key is answered before any other check. */
  readonly needsKey?: boolean;
  /** The contract documents no 400 for this operation, so invalid requests get a 404. */
  readonly invalidIsNotFound?: boolean;
  readonly handle: (call: Request, services: Services) => Response;
}

export type CallOf<Key extends RouteKey> = Call<PathOf<Key>, QueryOf<Key>, BodyOf<Key>>;

/** The successful responses that the contract documents. Failures are thrown as a `Problem`. */
export type ResponseOf<Key extends RouteKey> = {
  [Status in SuccessOf<Key>]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
  } & ContentOf<ResponsesOf<Key>[Status]>;
}[SuccessOf<Key>];

export type RouteOf<Key extends RouteKey> = Route<CallOf<Key>, ResponseOf<Key>>;

/** One route for each operation of the contract; a missing one does not compile. */
export type RouteTable = { readonly [Key in RouteKey]: RouteOf<Key> };
