import { JsonCursor } from './json-cursor.js';
import { Unreadable } from './unreadable.js';

/** Reads one kind of value where a cursor stands. */
export type JsonReader<T> = (json: JsonCursor) => T;

/** @returns undefined where the text is no JSON, or not what its reader reads */
export function readJson<T>(bytes: Buffer, read: JsonReader<T>): T | undefined {
  try {
    const json = new JsonCursor(bytes);
    const value = read(json);
    json.end();
    return value;
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}
