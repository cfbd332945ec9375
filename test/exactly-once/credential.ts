import { demo } from '../../src/emulator/index.js';

/**
 * An `Authorization` for each number below 25,600, as far as a gateway can tell: what it keeps for one credential (a
 * cooldown, runs by their entity tags) has nothing to do with another. The emulator knows few tokens; but the scheme's case
 * does not count, and any number of spaces may follow it (RFC 9110, 11.1 and 11.4).
 */
export function credential(number: number): string {
  const scheme = 'bearer'.replaceAll(/./g, (letter, bit: number) =>
    (number >> bit) & 1 ? letter.toUpperCase() : letter,
  );
  return `${scheme}${' '.repeat(1 + (Math.floor(number / 64) % 400))}${demo.token}`;
}
