/** Encodes a string as UTF-8 and returns the bytes as latin1, one character per byte. */
export function latin1Of(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Encodes a value as JSON in UTF-8 and returns the bytes as latin1, one character per byte. */
export function latin1JsonOf(value: unknown): string {
  return latin1Of(JSON.stringify(value));
}
