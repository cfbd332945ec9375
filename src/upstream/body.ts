import type { HttpResponse } from './http.js';

const NOTHING = Buffer.alloc(0);

/** The body of an answer; empty where it broke off. */
export function bytesOf({ body }: HttpResponse): Buffer {
  return 'bytes' in body ? body.bytes : NOTHING;
}

/** A body as text. It is UTF-8 (RFC 8259, 8.1); a byte order mark is not part of it. */
export function textOf(bytes: Buffer): string {
  return new TextDecoder().decode(bytes);
}
