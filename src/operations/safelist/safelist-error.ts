/** A safelist cannot be used. `message` says what is wrong with its file. */
export class SafelistError extends Error {
  override readonly name = 'SafelistError';
}
