import { demo } from '../../src/emulator/index.js';

/**
 * An `Authorization` for each number, as far as a gateway can tell, so that a 429 or a read of one has nothing to do with
 * another's. The emulator knows few tokens, but any number of spaces may stand before one (RFC 9110, 11.4).
 */
export function credential(number: number): string {
  return `Bearer${' '.repeat(1 + (number % 100))}${demo.token}`;
}
