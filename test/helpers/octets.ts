/** Encodes a string as UTF-8 and returns the bytes as latin1, one character per byte. */
export function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Encodes a value as JSON in UTF-8 and returns the bytes as latin1, one character per byte. */
export function jsonOctetsOf(value: unknown): string {
  return octetsOf(JSON.stringify(value));
}
