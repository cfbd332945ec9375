/** The bytes of a text in UTF-8, a character for each. */
export function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The bytes of the JSON of a value, a character for each. */
export function jsonOctetsOf(value: unknown): string {
  return octetsOf(JSON.stringify(value));
}
