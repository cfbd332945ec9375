import { spawnSync } from 'node:child_process';
import { UsageError } from './arguments.js';

/** @throws {UsageError} for the first missing program, with its Debian package */
export function requirePrograms(programs: readonly string[]): void {
  for (const program of programs) {
    if (spawnSync(program, ['-v']).error !== undefined) {
      throw new UsageError(`The benchmark requires ${program}: install the Debian package \`${program}\`.`);
    }
  }
}
