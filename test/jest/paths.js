import { join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
export const OUT = join(ROOT, 'dist/test');

/** Under what the global object has the exports of `@jest/globals` for the file of tests that runs. */
export const JEST_GLOBALS = Symbol.for('@jest/globals');

/**
 * Where the compiled form of a TypeScript file is.
 *
 * @param {string} file
 */
export function compiledPath(file) {
  return join(OUT, relative(ROOT, file)).replace(/\.ts$/, '.js');
}
