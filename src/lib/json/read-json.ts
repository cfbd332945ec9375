import { JsonCursor } from './json-cursor.js';
import { Unreadable } from './unreadable.js';

export { Unreadable, type JsonCursor };

/** Reads one kind of value where a cursor stands. It reads no other text meanwhile. */
export type JsonReader<T> = (json: JsonCursor) => T;

/**
 * @param latin1 the bytes of a JSON text, a character for each (Latin-1)
 * @returns undefined where the text is no JSON, or not what its reader reads
 */
export function readJson<T>(latin1: string, read: JsonReader<T>): T | undefined {
  try {
    const json = new JsonCursor(latin1);
    const value = read(json);
    json.end();
    return value;
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}
