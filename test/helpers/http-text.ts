export interface PostOptions {
  readonly path?: string;
  /** Headers beside or instead of the usual ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

export const TYPENAME = '{"query":"{ __typename }"}';

/** The bytes of a `POST` request with an operation, one character for each byte. */
export function postText({ path = '/graphql', headers, body = TYPENAME }: PostOptions = {}): string {
  const all: Record<string, string | undefined> = {
    Host: 'gateway.example',
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
