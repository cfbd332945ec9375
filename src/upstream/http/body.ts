import type { HttpResponse } from './http.js';

/** The body of a response as Latin-1, one character a byte; empty if the body was cut off. */
export function latin1Of({ body }: HttpResponse): string {
  return 'latin1' in body ? body.latin1 : '';
}

export function bytesOf(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}

/** Decodes a body as UTF-8 (RFC 8259, 8.1), without its byte order mark. */
export function textOf(latin1: string): string {
  return new TextDecoder().decode(bytesOf(latin1));
}
