export const TYPENAME = '{"query":"{ __typename }"}';

export interface PostOptions {
  readonly requestLine?: string;
  /** Lines beside or in place of those of a plain request, by name; undefined leaves a line out. */
  readonly fields?: Readonly<Record<string, string | undefined>>;
  /** Lines that are added as they are, each with its line break. */
  readonly lines?: string;
  readonly body?: string;
}

/** A `POST` of an operation, plain where nothing else is said. One character a byte. */
export function post({
  requestLine = 'POST /graphql HTTP/1.1',
  fields,
  lines = '',
  body = TYPENAME,
}: PostOptions = {}): string {
  const all: Record<string, string | undefined> = {
    Host: 'gateway.example',
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    ...fields,
  };
  const written = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `${requestLine}\r\n${written.join('')}${lines}\r\n${body}`;
}

/** A request that is none for the graph, with whose answer the connection ends. */
export const LAST = 'GET /healthz HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n';
