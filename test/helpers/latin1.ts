/** The bytes of a text in UTF-8, a character for each. */
export function latin1Of(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** The bytes of the JSON of a value, a character for each. */
export function jsonLatin1Of(value: unknown): string {
  return latin1Of(JSON.stringify(value));
}
