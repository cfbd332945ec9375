import type { HttpResponse } from './http.js';

/** The bytes of an answer's body, a character for each; empty where it broke off. */
export function octetsOf({ body }: HttpResponse): string {
  return 'latin1' in body ? body.latin1 : '';
}

export function bytesOf(octets: string): Buffer {
  return Buffer.from(octets, 'latin1');
}

/** A body as text. It is UTF-8 (RFC 8259, 8.1); a byte order mark is not part of it. */
export function textOf(octets: string): string {
  return new TextDecoder().decode(bytesOf(octets));
}
