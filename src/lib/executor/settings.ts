/** How a schema's operations are executed, with defaults in brackets. */
export interface Settings {
  /**
   * How many objects are executed by a part of a document before code is made for it: making the code costs as much as
   * executing some hundred objects (100). `Infinity` for never; it never is where Node.js is told to make no code from text.
   */
  readonly codeAfter: number;
  /** Whether errors leave out the names that the client may have meant, which are the schema's (false). */
  readonly hideSuggestions: boolean;
}
