/** One operation over each transport, so that what holds for one of them is asked of all. */
import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface Operation {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface SendOptions {
  /** Default: the demo's; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the upgrade, over WebSocket; `headers` are connection parameters there. */
  readonly upgradeHeaders?: Readonly<Record<string, string>>;
}

/** The first result of an operation. */
export interface Reply {
  /** Of the HTTP response; undefined over WebSocket. */
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  /** Empty where all went well. */
  readonly errors: readonly GraphQLFormattedError[];
  /** All of it as it was sent, as far as it was read. */
  readonly text: string;
}

export type Transport = (url: string, operation: Operation, options?: SendOptions) => Promise<Reply>;

type Result = Pick<Reply, 'data'> & { readonly errors?: readonly GraphQLFormattedError[] };

function headersOf({ token = 'demo', headers }: SendOptions): Record<string, string> {
  return { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers };
}

function replyOf(response: Response, text: string, { data, errors = [] }: Result): Reply {
  return { status: response.status, headers: response.headers, data, errors, text };
}

async function readJson(response: Response): Promise<Reply> {
  const text = await response.text();
  return replyOf(response, text, JSON.parse(text) as Result);
}

function post(url: string, operation: Operation, options: SendOptions, accept?: string) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accept !== undefined && { accept }),
      ...headersOf(options),
    },
    body: JSON.stringify(operation),
  });
}

/** Reads a stream until it has a result. @param resultIn the result in what was read so far */
async function readStream(
  response: Response,
  resultIn: (text: string) => Result | undefined,
): Promise<Reply> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const result = resultIn(text);
    if (result !== undefined) return replyOf(response, text, result);
  }
  return replyOf(response, text, JSON.parse(text) as Result);
}

function eventIn(text: string): Result | undefined {
  const [, data] = /^event: next\ndata: (.*)\n/m.exec(text) ?? [];
  return data === undefined ? undefined : (JSON.parse(data) as Result);
}

function partIn(text: string): Result | undefined {
  const [line] = /^\{"(?:payload|errors)".*(?=\r\n)/m.exec(text) ?? [];
  if (line === undefined) return undefined;
  const part = JSON.parse(line) as { payload?: Result | null } & Result;
  return part.payload ?? part;
}

function overWebSocket(url: string, operation: Operation, options: SendOptions): Promise<Reply> {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers: { ...options.upgradeHeaders } });
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    connectionParams: headersOf(options),
    retryAttempts: 0,
  });
  const none = { status: undefined, headers: undefined };
  return new Promise<Reply>((resolve, reject) => {
    client.subscribe(
      { query: '', ...operation },
      {
        next: ({ data, errors = [] }) => {
          const given = JSON.parse(JSON.stringify(errors)) as GraphQLFormattedError[];
          resolve({ ...none, data, errors: given, text: JSON.stringify({ data, errors }) });
        },
        error: (errors) => {
          if (!Array.isArray(errors))
            reject(errors instanceof Error ? errors : new Error('The WebSocket closed.'));
          else
            resolve({
              ...none,
              data: undefined,
              errors: errors as GraphQLFormattedError[],
              text: JSON.stringify(errors),
            });
        },
        complete: () => undefined,
      },
    );
  }).finally(() => client.dispose());
}

/** By the name that tests have. */
export const TRANSPORTS: Readonly<Record<string, Transport>> = {
  POST: async (url, operation, options = {}) => await readJson(await post(url, operation, options)),
  GET: async (url, { query, operationName, variables, extensions }, options = {}) => {
    const params = new URLSearchParams({
      ...(query !== undefined && { query }),
      ...(operationName !== undefined && { operationName }),
      ...(variables !== undefined && { variables: JSON.stringify(variables) }),
      ...(extensions !== undefined && { extensions: JSON.stringify(extensions) }),
    });
    const headers = { 'apollo-require-preflight': '1', ...headersOf(options) };
    return await readJson(await fetch(`${url}/graphql?${params}`, { headers }));
  },
  WebSocket: (url, operation, options = {}) => overWebSocket(url, operation, options),
  'Server-Sent Events': async (url, operation, options = {}) =>
    await readStream(await post(url, operation, options, 'text/event-stream'), eventIn),
  multipart: async (url, operation, options = {}) =>
    await readStream(await post(url, operation, options, 'multipart/mixed;subscriptionSpec=1.0'), partIn),
};

/** For `test.each`. */
export const EACH_TRANSPORT = Object.entries(TRANSPORTS);
/** Those that can deliver a stream of results. */
export const EACH_STREAM = EACH_TRANSPORT.filter(([name]) => name !== 'POST' && name !== 'GET');
