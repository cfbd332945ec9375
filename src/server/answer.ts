import type { ServerResponse } from 'node:http';

export interface JsonAnswer {
  readonly status: number;
  readonly contentType: string;
  /** JSON. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the gateway closes, and wants no further request on the connection. */
  readonly closing: boolean;
}

/** Writes a GraphQL answer past Fastify, for any origin to read. */
export function sendJson(
  response: ServerResponse,
  { status, contentType, body, headers, closing }: JsonAnswer,
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'access-control-allow-origin': '*',
    ...headers,
    ...(closing && { connection: 'close' }),
  });
  response.end(body);
}
