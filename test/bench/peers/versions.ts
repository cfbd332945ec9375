import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The installed versions of packages. */
export function versionsOf(folder: string, packages: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    packages.map((name) => [name, versionIn(join(folder, 'node_modules', name, 'package.json'))]),
  );
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
