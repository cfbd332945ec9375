import { JsonCursor } from './json-cursor.js';
import { UnexpectedJson } from './unexpected-json.js';

export { UnexpectedJson, type JsonCursor };

/** Reads one value at the cursor. It must not read another text at the same time. */
export type JsonReader<T> = (json: JsonCursor) => T;

/**
 * Reads a JSON text whose shape `read` knows.
 *
 * @param latin1 the bytes of the text, one character for each
 * @returns undefined if the text is not JSON, or not what `read` expects
 */
export function readJson<T>(latin1: string, read: JsonReader<T>): T | undefined {
  try {
    const json = new JsonCursor(latin1);
    const value = read(json);
    json.end();
    return value;
  } catch (error) {
    if (error instanceof UnexpectedJson || error instanceof RangeError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}
