import { demo } from '../../src/emulator/index.js';

/**
 * Returns a distinct `Authorization` for each number below 25,600, so that the gateway's state of one credential
 * (cool-downs, cached runs) does not affect another. The emulator knows few tokens, but the scheme is
 * case-insensitive and any number of spaces may follow it (RFC 9110, 11.1 and 11.4).
 */
export function credential(number: number): string {
  const scheme = 'bearer'.replaceAll(/./g, (letter, bit: number) =>
    (number >> bit) & 1 ? letter.toUpperCase() : letter,
  );
  return `${scheme}${' '.repeat(1 + (Math.floor(number / 64) % 400))}${demo.token}`;
}
