import { spawnSync } from 'node:child_process';
import { UsageError } from './arguments.js';

/** @throws {UsageError} for the first program that is not installed, with the Debian package that has it */
export function requirePrograms(programs: readonly string[]): void {
  for (const program of programs) {
    if (spawnSync(program, ['-v']).error !== undefined) {
      throw new UsageError(`The benchmark needs ${program}: install the Debian package \`${program}\`.`);
    }
  }
}
